"""Where in a request the conversation ID stands, or what could be one."""

from collections.abc import Iterable
from dataclasses import dataclass

from capture.locate import Finding
from contract.exchange import Request
from contract.fieldpath import FieldPath
from contract.roles import id_at


@dataclass(frozen=True, slots=True)
class Mark:
    """A value that stands at a field path; `sure` where `locate` found the ID there."""

    path: FieldPath
    value: str
    sure: bool


@dataclass(frozen=True, slots=True)
class Marker:
    """Finds what to mark in requests: the ID, or where that was not found what could be one."""

    paths: tuple[FieldPath, ...]
    sure: bool

    def __call__(self, request: Request) -> tuple[Mark, ...]:
        """Return the marks of a request, in the order of the paths."""
        found = ((path, id_at(path, request)) for path in self.paths)
        return tuple(Mark(path, value, self.sure) for path, value in found if value is not None)


def marker_of(finding: Finding) -> Marker:
    """Return what marks the places that a finding names."""
    if finding.verdict == "found":
        return Marker(finding.paths, sure=True)
    return Marker(tuple(it.path for it in finding.candidates if it.note is None), sure=False)


def below(marks: Iterable[Mark], steps: tuple[str, ...]) -> tuple[Mark, ...]:
    """Return the marks that stand at or below a place of the body."""
    return tuple(
        it for it in marks if it.path.place == "body" and it.path.keys[: len(steps)] == steps
    )
