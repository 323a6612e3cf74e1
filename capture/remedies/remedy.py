"""What a remedy is: what to paste where, why that works, where it does not, and how that is known.

Values and nothing else.
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from capture.remedies.signs import Basis
from contract.fieldpath import FieldPath

Kind: TypeAlias = Literal["json", "javascript", "python", "text"]


@dataclass(frozen=True, slots=True)
class Paste:
    """Something to paste, as it is, into the place that `into` names.

    `content` is a JSON value where the kind is JSON, and otherwise a text.
    """

    kind: Kind
    into: str
    content: Any

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON; pasteable JSON stands in it as a value, not as a text."""
        return {"kind": self.kind, "into": self.into, "content": self.content}


@dataclass(frozen=True, slots=True)
class Remedy:
    """One way to make the platform say the conversation ID.

    `path` is where the ID then is, or None where that depends; `evidence` says in words who knows
    that it works; `here` is what the recording itself says of this way, and `in_vain` whether that
    is that it does not work.
    """

    title: str
    why: str
    paste: tuple[Paste, ...]
    path: FieldPath | None
    limits: tuple[str, ...]
    basis: Basis
    evidence: str
    source: str = ""
    here: str = ""
    in_vain: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the remedy as JSON."""
        return {
            "title": self.title,
            "why": self.why,
            "paste": [paste.as_json() for paste in self.paste],
            "path": self.path.as_config() if self.path else None,
            "limits": list(self.limits),
            "basis": self.basis,
            "evidence": self.evidence,
            "source": self.source or None,
            "here": self.here or None,
            "in_vain": self.in_vain,
        }


@dataclass(frozen=True, slots=True)
class Guide:
    """The remedies for a platform, best first, and how the page learns the same ID."""

    remedies: tuple[Remedy, ...]
    client: str
    client_paste: Paste | None = None
