"""A page about recordings: values in, one HTML text out; nothing here reads or writes a file.

page        the whole page, and the policy that lets nothing captured run in it
assets      its own files, and the policy that lets only these run
conversations   what the page says of a conversation and its turns
exchanges   what it says of a request and its answer; pieces: of an answer's pieces
talk        what is new in a turn, and how the history changed; sayings: a message of it
outcome     how an exchange ended, and why that matters
timeline    turns on a time axis; axis: its numbers; overview: all conversations on one axis
body        a body, in which what stood in an earlier one is not written again
tree        a JSON value that unfolds; folds: into what it folds; jsonlines: how long it is
text        captured text: shown to the character, never obeyed
marks       where in a request the conversation ID stands
pictures    the pictures of the page, each of them once
thumbnails  the door to Pillow
"""
