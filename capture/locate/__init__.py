"""Where the conversation ID is, with evidence.

    search      the question as a whole: recorded turns in, a finding out
    finding     what is answered: a verdict, the places, the evidence; reasons: in sentences
    places      every place of the requests, and what stands there
      phrases   which words inside texts could be IDs; cuts: the `match` for each
      tokens    claims inside a bearer JWT, which no field path reads
    evidence    what stands at one place, and what that says
      names     what a place's name says, by the words of vocabulary
      shapes    what a value's form says
    judging     which places qualify, and in which order
    marks       what in one request could be an ID

All of it is pure. `found` is said only where a person's privacy may be staked on it; a wrong
`found` shows one person's picture to another.
"""

from capture.locate.finding import Candidate, Finding, Verdict
from capture.locate.search import locate

__all__ = ["Candidate", "Finding", "Verdict", "locate"]
