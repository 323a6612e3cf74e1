"""The body that goes to the model: what came in, but for the edits that docs/bodies.md names. Pure.

turn       what came in, and where its parts stand; parsed once
manner     how bodies are changed, from the configuration; made ready once
relayed    the body that goes out, in pieces
  attach     pictures in, or what was said of them, at the message that `place` chooses
    native     the pictures that are there already
    place      which message of the person a picture belongs to
    shapes     how the two forms of the API write texts and pictures
  fields     the top level: vendor fields out, `user_id` as `user`, the model
    rules      what models refuse, as a table, and how it is applied

What is not changed is copied from where it stood, never decoded and encoded again: unknown fields,
their order, numbers and non-ASCII text come through to the byte. A picture is not copied at all.
"""

from injector.body.manner import Manner, manner
from injector.body.relayed import Relayed, relayed, told
from injector.body.turn import Api, Turn, parse_turn

__all__ = ["Api", "Manner", "Relayed", "Turn", "manner", "parse_turn", "relayed", "told"]
