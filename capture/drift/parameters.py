"""What changed in one tool's parameters, as one line."""

from collections.abc import Sequence
from dataclasses import replace

from capture.drift.found import Found
from capture.drift.outline import Steps
from capture.drift.report import Change

_SCAFFOLD = frozenset({"parameters", "input_schema", "properties", "*"})
_SIGNS = {"added": "+ ", "removed": "- ", "changed": ""}


def one_line_each(found: Sequence[tuple[Steps, Found]]) -> list[tuple[Steps, Found]]:
    """Return differences, those inside one tool as one difference of that tool."""
    kept: dict[Steps, list[tuple[Steps, Found]]] = {}
    for steps, one in found:
        inside = steps[0] == "tools" and len(steps) > 2  # noqa: PLR2004
        kept.setdefault(steps[:2] if inside else steps, []).append((steps, one))
    return [_merged(steps, parts) for steps, parts in kept.items()]


def _merged(tool: Steps, parts: list[tuple[Steps, Found]]) -> tuple[Steps, Found]:
    steps, (judged, change) = parts[0]
    if steps == tool:
        return tool, (judged, change)
    words = [_words(steps, one[1]) for steps, one in parts]
    weak = all(one[1].weak for _, one in parts)
    a, b = change.a, change.b
    if change.change == "removed":  # of the line as a whole, the new state is counted
        a, b = (a[1] - a[0], a[1]), (b[1] - b[0], b[1])
    merged = replace(
        change,
        change="changed",
        name=tool[-1],
        path="/".join(tool),
        text="; ".join(dict.fromkeys(words)),
        a=a,
        b=b,
        weak=weak,
        weight=75,
    )
    return tool, (judged, merged)


def _words(steps: Steps, change: Change) -> str:
    inner = [step for step in steps[2:] if step not in _SCAFFOLD]
    sign, is_new = _SIGNS[change.change], change.change == "added"
    if inner[-2:-1] == ["required"] and sign:
        name = " ".join((*inner[:-2], inner[-1]))
        return f"{name} required" if is_new else f"{name} no longer required"
    if inner[-2:-1] == ["enum"] and sign:
        name = " ".join(inner[:-2])
        return f"{name} also {inner[-1]}" if is_new else f"{name} no longer {inner[-1]}"
    if inner[-1:] == ["type"] and not sign:
        inner = inner[:-1]
    name = " ".join(inner) or "parameters"
    return f"{name}: {change.text}" if change.text else f"{sign}{name}"
