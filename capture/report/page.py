"""One page about recordings that needs nothing but itself: no network, no other file.

What was captured is hostile text. Three things keep it text: the template escapes all that is no
HTML of our own making, `text` is the one place where captured text becomes HTML, and the page's
policy (Content Security Policy Level 3) lets the browser run one script and one style sheet, both
known by their SHA-256, load nothing, and send nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from itertools import chain
from pathlib import PurePath

from markupsafe import Markup

from capture.locate import Finding
from capture.report.assets import environment, policy, sheet
from capture.report.body import Home
from capture.report.conversations import Conversations, Place
from capture.report.exchanges import Exchanges, said_in
from capture.report.marks import marker_of
from capture.report.outcome import outcome_of
from capture.report.overview import overview
from capture.report.pictures import Pictures
from capture.report.text import shown
from capture.report.tree import Tree
from capture.sessions import Session
from contract.config.keys import path_yaml
from contract.exchange import Exchange
from contract.recording import Recording


@dataclass(frozen=True, slots=True)
class FileView:
    """A recording in the page's head."""

    name: Markup
    exchanges: int
    turns: int
    times: str
    problems: tuple[Markup, ...]


def page(
    recordings: Sequence[Recording], found: Sequence[Session], finding: Finding, *, by: str
) -> str:
    """Return the page as HTML.

    Args:
        recordings: what was captured; of a file's name only the last part is told.
        found: the conversations to which the turns in it belong.
        finding: what `locate` says of it.
        by: who makes the page.
    """
    every = [it for recording in recordings for it in recording.exchanges]
    pictures = Pictures()
    tree, places = Tree(pictures), _places(recordings)
    exchanges = Exchanges(tree, marker_of(finding))
    shown_as = Conversations(exchanges, tree, places)
    conversations = [shown_as.show(it) for it in found]
    turns = {id(turn) for session in found for turn in session.turns}
    others = [
        exchanges.show(it, Home(place.anchor, place.name), place.name, outcome_of(it, said_in(it)))
        for it in every
        if id(it) not in turns and (place := places[id(it)])
    ]
    return (
        environment()
        .get_template("page.html")
        .render(
            by=by,
            policy=policy(),
            style=sheet("page.css"),
            script=sheet("page.js"),
            files=[_file_view(it) for it in recordings],
            title=", ".join(_name(it) for it in recordings),
            finding=finding,
            yaml=_yaml(finding),
            conversations=conversations,
            overview=overview(conversations),
            turns=len(turns),
            others=others,
            redacted=any(it.redacted for it in every),
            pictures=pictures,
        )
    )


def _places(recordings: Sequence[Recording]) -> dict[int, Place]:
    """Return where each exchange stands on the page, by its `id()`."""
    numbered = chain.from_iterable(
        (
            (name if len(recordings) > 1 else "", number, it)
            for number, it in enumerate(exchanges, 1)
        )
        for name, exchanges in ((_name(it), it.exchanges) for it in recordings)
    )
    return {
        id(it): Place(f"e{at}", f"exchange {number}" + (f" of {name}" if name else ""))
        for at, (name, number, it) in enumerate(numbered, start=1)
    }


def _file_view(recording: Recording) -> FileView:
    exchanges = recording.exchanges
    return FileView(
        shown(_name(recording)),
        len(exchanges),
        sum(it.is_turn for it in exchanges),
        _times(exchanges),
        tuple(shown(it.replace(recording.name, _name(recording))) for it in recording.problems),
    )


def _name(recording: Recording) -> str:
    """Return a file's own name: the folders above it are nobody else's business."""
    return PurePath(recording.name).name


def _times(exchanges: Sequence[Exchange]) -> str:
    if not exchanges:
        return "nothing"
    times = sorted(it.started.astimezone(UTC) for it in exchanges)
    first, last = times[0], times[-1]
    until = f"{last:%H:%M:%S}" if first.date() == last.date() else f"{last:%Y-%m-%d %H:%M:%S}"
    return f"{first:%Y-%m-%d %H:%M:%S} to {until} UTC"


def _yaml(finding: Finding) -> str:
    """Return what to write into config.yaml; empty where nothing was found."""
    lines = [f"  - {path_yaml(path)}" for path in finding.paths]
    return "\n".join(["conversation_id:", *lines]) if lines else ""
