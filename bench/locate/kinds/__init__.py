"""The kinds, a file for each group; importing this package registers them all.

places      where an ElevenLabs agent can be made to put the ID
prompts     the ID in the words of the prompt
shapes      what IDs look like, and what stands around them
vendors     the other platforms
lures       what is no ID, alone: absent
together    the ID beside lures: found, and at the right place
sessions    how calls go: interleaved, repeated, cut, alike, alone
parts       the ID in some requests, in several places, in several forms
known       IDs that somebody knows
hidden      recordings whose values or words were replaced
digits      numbers that are IDs, and known ones
histories   prompts, greetings and windows that change
later       what stands around the ID on later days only
labels      names that mislead, and IDs with odd neighbours
unusual     files without turns, odd bodies, files that are none
"""

from bench.locate.kinds import (
    digits,
    hidden,
    histories,
    known,
    labels,
    later,
    lures,
    parts,
    places,
    prompts,
    sessions,
    shapes,
    together,
    unusual,
    vendors,
)

__all__ = [
    "digits",
    "hidden",
    "histories",
    "known",
    "labels",
    "later",
    "lures",
    "parts",
    "places",
    "prompts",
    "sessions",
    "shapes",
    "together",
    "unusual",
    "vendors",
]
