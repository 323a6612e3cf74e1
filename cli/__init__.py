"""The roof: words in, words out; the only place that prints or exits.

main        the command `sightline`, its exit status, and errors as one line
options     options that several commands share
service     runs an endpoint until it is told to stop
capture, show, export, locate, replay, report, serve, model, rehearse, check: a command each
demo        the whole loop on this machine
"""
