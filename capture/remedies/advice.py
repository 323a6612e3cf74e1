"""What to do where the conversation ID is nowhere: the remedies for whoever sent the recording.

Pure. The remedies themselves stand in `capture.remedies`; here they meet what was recorded: a
variable that arrived unfilled speaks against one way, an object that arrives already for another.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from capture.remedies import (
    elevenlabs,
    fishaudio,
    generic,
    hume,
    layercode,
    pipelines,
    tavus,
    telnyx,
    vapi,
)
from capture.remedies.platforms import Mark, Recognition, Sureness, recognise
from capture.remedies.remedy import Guide, Paste, Remedy
from capture.remedies.signs import Platform
from capture.remedies.tried import met
from capture.remedies.unfilled import Unfilled, unfilled
from contract.exchange import Exchange

GUIDES: Final[dict[Platform, Guide]] = {
    Platform.ELEVENLABS: elevenlabs.GUIDE,
    Platform.VAPI: vapi.GUIDE,
    Platform.HUME: hume.GUIDE,
    Platform.TAVUS: tavus.GUIDE,
    Platform.TELNYX: telnyx.GUIDE,
    Platform.FISH_AUDIO: fishaudio.GUIDE,
    Platform.LAYERCODE: layercode.GUIDE,
    Platform.LIVEKIT: pipelines.LIVEKIT,
    Platform.PIPECAT: pipelines.PIPECAT,
    Platform.DEEPGRAM: pipelines.DEEPGRAM,
    Platform.AGORA: pipelines.AGORA,
    Platform.WEBSOCKET: layercode.WEBSOCKET,
}
"""What to do at each platform."""

VERIFY: Final = (
    "sightline capture --out recordings/after.jsonl",
    "sightline locate recordings/after.jsonl --known-id THE_PAGES_ID --write",
)
"""How to see that a remedy works: two short calls are recorded between the two commands."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What to do, for whom, and by which marks that was recognised.

    `platform` is None where nobody was recognised; the remedies then hold for any platform.
    `others` advises for the other platforms of the same recording, and for any where it is a guess.
    """

    platform: str | None
    sureness: Sureness
    marks: tuple[Mark, ...]
    requests: int
    of: int
    unfilled: tuple[Unfilled, ...]
    remedies: tuple[Remedy, ...]
    client: str
    client_paste: Paste | None
    others: tuple["Advice", ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the advice as JSON."""
        return {
            "platform": self.platform,
            "sureness": self.sureness,
            "requests": self.requests,
            "of": self.of,
            "marks": [mark.as_json() for mark in self.marks],
            "unfilled": [one.as_json() for one in self.unfilled],
            "remedies": [remedy.as_json() for remedy in self.remedies],
            "client": {
                "text": self.client,
                "paste": self.client_paste.as_json() if self.client_paste else None,
            },
            "unverified": generic.UNVERIFIED,
            "verify": list(VERIFY),
            "never": list(generic.NEVER),
            "others": [other.as_json() for other in self.others],
        }


def remedy_for(exchanges: Sequence[Exchange]) -> Advice:
    """Return what to do about recorded requests that do not say their conversation's ID."""
    found = recognise(exchanges)
    if found[0].sureness == "perhaps":
        found = (*found, replace(found[0], platform=None, sureness="unknown", marks=()))
    first, *others = map(_advice, found)
    return replace(first, others=tuple(others))


def _advice(it: Recognition) -> Advice:
    guide = GUIDES[it.platform] if it.platform else generic.GUIDE
    left = unfilled(it.requests)
    remedies = [met(remedy, it.requests, left) for remedy in guide.remedies]
    return Advice(
        platform=it.platform.value if it.platform else None,
        sureness=it.sureness,
        marks=it.marks,
        requests=len(it.requests),
        of=it.of,
        unfilled=left,
        remedies=tuple(sorted(remedies, key=lambda remedy: remedy.in_vain)),
        client=guide.client,
        client_paste=guide.client_paste,
    )
