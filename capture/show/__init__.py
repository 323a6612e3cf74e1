"""Recordings on a terminal, as a person reads them.

screen      the terminal that is written to
console     an exchange as a whole
  payload   its JSON body; folding: what of it is folded away
  marking   text in which what is looked for is marked
listing     a recording as a list, an exchange a line
talk        a conversation; transcript: what is new in each of its turns
choosing    which exchanges a person wants to see; searching: what can be looked for
following   a recording that grows, read while it is written
"""
