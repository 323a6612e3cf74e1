"""The roof: words in, words out; the only place that prints or exits.

main        the command `sightline`, its exit status, and errors as one line
options     options that several commands share
finding     what locate has found; advice: what to do where the ID is nowhere
images      what the store holds; inventory: as tables and as JSON
glyphs      what stands for a character that a terminal has not
views       the three views of `show`
logs        what a service writes while it runs: lines for people, or JSON
service     runs an endpoint until it is told to stop
talking     a rehearsed turn; hosting: the rehearsal platform as a service, and what it prints
capture, show, export, locate, diff, report, replay, serve, model, rehearse, check: a command each
demo        the whole loop on this machine
"""
