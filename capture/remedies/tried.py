"""What a recording says of a remedy: that it was tried in vain, or begun already.

A variable of the platform that arrived unfilled speaks against the place where it stands; an object
that arrives without the ID says that its way is open.
"""

from collections.abc import Sequence
from dataclasses import replace

from capture.remedies.remedy import Remedy
from capture.remedies.telltale import prompts_of
from capture.remedies.unfilled import Unfilled
from contract.exchange import Request
from contract.fieldpath import FieldPath


def met(remedy: Remedy, requests: Sequence[Request], left: Sequence[Unfilled]) -> Remedy:
    """Return a remedy with what these requests say of it.

    Args:
        remedy: a remedy of the platform that sent the requests.
        requests: what was recorded.
        left: the variables that arrived unfilled in them.
    """
    tried = sorted(_in_its_place(remedy, left), key=lambda one: not _is_its_own(remedy, one))
    if not tried:
        return replace(remedy, here=_begun(remedy.path, requests))
    one, of = tried[0], _having(tried[0], requests)
    in_vain = one.is_prompt and _is_its_own(remedy, one) and one.requests == of
    return replace(remedy, here=_tried(remedy, one, of), in_vain=in_vain)


def _in_its_place(remedy: Remedy, left: Sequence[Unfilled]) -> list[Unfilled]:
    """Return the unfilled variables that stand where this remedy would put the ID."""
    path = remedy.path
    return [
        one
        for one in left
        if path is not None
        and path.place == one.path.place
        and (one.is_prompt == (path.match is not None))
        and (path.place == "header" or one.is_prompt or path.keys[0] == one.path.keys[0])
    ]


def _having(one: Unfilled, requests: Sequence[Request]) -> int:
    """Return how many requests could hold the variable: without a prompt none can hold it there."""
    if not one.is_prompt:
        return len(requests)
    return sum(any(prompts_of(request)) for request in requests)


def _is_its_own(remedy: Remedy, one: Unfilled) -> bool:
    return any(f"{{{{{one.name}}}}}" in str(paste.content) for paste in remedy.paste)


def _tried(remedy: Remedy, one: Unfilled, of: int) -> str:
    where = (
        f"{one.variable} arrived unfilled at {one.path.expression}, in {one.requests} of {of} turns"
    )
    if not one.is_prompt:
        how = "as the platform's variable, not as a text"
        return f"{where}: set it {how if one.path.place == 'header' else 'to the value itself'}"
    if not _is_its_own(remedy, one):
        return f"{where}: no such variable is filled in; write it as below"
    if one.requests < of:
        return f"{where}: see what was different there"
    return f"{where}: this way does not work here; take another"


def _begun(path: FieldPath | None, requests: Sequence[Request]) -> str:
    """Return that a value stands at the place already, or else the object that would hold it."""
    if path is None:
        return ""
    holding = sum(path.find(request) is not None for request in requests)
    if holding:
        met = f"in {holding} of {len(requests)} turns"
        return f"a value stands at {path.expression} already, {met}: see what speaks against it"
    parent = FieldPath("body", path.keys[:-1])
    if path.place != "body" or not parent.keys or path.match:
        return ""
    having = sum(bool(it) and isinstance(it, dict) for it in map(parent.value, requests))
    met = f"in {having} of {len(requests)} turns"
    return f"{parent.expression} arrives, {met}; only the ID is not in it" if having else ""
