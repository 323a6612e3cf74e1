"""What `locate` answers: a verdict, the places, and the evidence, as values and as JSON."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from capture.sessions import Certainty
from contract.fieldpath import FieldPath

Verdict: TypeAlias = Literal["found", "absent", "insufficient"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place and the evidence for it; counts are of requests or of conversations.

    `note` says what speaks against it; None where nothing does.
    """

    path: FieldPath
    present: int
    constant_within: int
    distinct_between: int
    equals_known: int
    sample: str
    note: str | None

    def as_json(self) -> dict[str, Any]:
        """Return the candidate as `sightline locate --json` prints it."""
        return {
            "path": self.path.expression,
            "match": self.path.match,
            "present": self.present,
            "constant_within": self.constant_within,
            "distinct_between": self.distinct_between,
            "equals_known": self.equals_known,
            "sample": self.sample,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of where the conversation ID is.

    `paths` are the places to try in order; one is enough where it covers every conversation.
    `certainty` is how sure it is which requests belong together, and `grouping` says why.
    """

    verdict: Verdict
    paths: tuple[FieldPath, ...]
    sessions: int
    requests: int
    candidates: tuple[Candidate, ...]
    reasons: tuple[str, ...]
    looked_in: tuple[str, ...]
    certainty: Certainty = "sure"
    grouping: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the finding as `sightline locate --json` prints it."""
        first = self.paths[0] if self.paths else None
        return {
            "verdict": self.verdict,
            "path": first.expression if first else None,
            "match": first.match if first else None,
            "paths": [path.as_config() for path in self.paths],
            "sessions": self.sessions,
            "requests": self.requests,
            "candidates": [candidate.as_json() for candidate in self.candidates],
            "reasons": list(self.reasons),
            "looked_in": list(self.looked_in),
            "grouping": {"certainty": self.certainty, "why": self.grouping},
        }
