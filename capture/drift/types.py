"""Of which types the values at one place are; null is one of them."""

from capture.drift.found import Found, found_at
from capture.drift.outline import Outline, Steps
from capture.drift.tally import Judgement, Rows, Tally, judge, rises, tally


def types(steps: Steps, a: Rows[Outline], b: Rows[Outline]) -> Found | None:
    """Return how the types of a place differ, by the one that says most."""
    before, now = _kinds(steps, a), _kinds(steps, b)
    judged = [_judged(steps, kind, a, b) for kind in sorted(before | now)]
    judged = [it for it in judged if it[0] is not Judgement.SAME]
    if not judged:
        return None
    surest, kind, one, other = max(judged, key=lambda it: (it[0].value, rises(*it[2:])))
    text = _text(kind, before, now)
    return found_at(steps, surest, text, (one.count, other.count), weight=90)


def _kinds(steps: Steps, rows: Rows[Outline]) -> set[str]:
    return {
        kind
        for row in rows
        for one in row
        if one is not None and steps in one
        for kind in one[steps].kinds
    }


def _judged(
    steps: Steps, kind: str, a: Rows[Outline], b: Rows[Outline]
) -> tuple[Judgement, str, Tally, Tally]:
    def is_of(one: Outline) -> bool | None:
        return kind in one[steps].kinds if steps in one else None

    one, other = tally(a, is_of), tally(b, is_of)
    return judge(one, other), kind, one, other


def _text(kind: str, before: set[str], now: set[str]) -> str:
    if before < now and kind in now - before:
        return f"also {kind}, before {_listed(before)}"
    if now < before and kind in before - now:
        return f"no longer {kind}, only {_listed(now)}"
    if before == now:
        return f"{kind} in another share of turns"
    return f"{_listed(now)}, before {_listed(before)}"


def _listed(kinds: set[str]) -> str:
    return " or ".join(sorted(kinds))
