"""What changed in one tool's parameters, as one line."""

from collections.abc import Sequence
from dataclasses import replace

from capture.drift.outline import Steps
from capture.drift.presence import Found
from capture.drift.tally import Judgement

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
    words = [_words(steps, *one) for steps, one in parts]
    weak = all(one[1].weak for _, one in parts)
    merged = replace(
        change,
        change="changed",
        name=tool[-1],
        path="/".join(tool),
        text=", ".join(dict.fromkeys(words)),
        weak=weak,
        weight=75,
    )
    return tool, (judged, merged)


def _words(steps: Steps, _: Judgement, change: object) -> str:
    inner = [step for step in steps[2:] if step not in _SCAFFOLD]
    sign, text = _SIGNS[change.change], change.text  # type: ignore[attr-defined]
    if inner[-2:-1] == ["required"]:
        return f"{sign}{inner[-1]} required"
    if inner[-2:-1] == ["enum"]:
        return f"{sign}{' '.join(inner[:-2])} {inner[-1]}".replace("  ", " ")
    if inner[-1:] == ["type"] and change.change == "changed":  # type: ignore[attr-defined]
        inner = inner[:-1]
    name = " ".join(inner) or "parameters"
    return f"{sign}{name} {text}".strip() if text else f"{sign}{name}"
