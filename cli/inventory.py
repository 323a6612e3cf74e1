"""What a store holds, as a person reads it and as JSON; no pixel of it.

The ID is the last column: it is whole there, however long it is, and can be copied.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from rich.text import Text

from capture.show.folding import byte_size
from capture.show.screen import Screen
from contract.readable import in_one_line, readable_line

if TYPE_CHECKING:
    from contract.config import Injector
    from injector.shared import Context, Overview, Picture, Summary

_WIDE = 100  # columns from which there is room for the moment beside the time that is left
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def as_json(overview: "Overview", store: str) -> dict[str, Any]:
    """Return what a store holds; `store` is its name, without a password."""
    return {
        "store": store,
        "contexts": [
            {
                "conversationId": one.conversation_id,
                "images": one.pictures,
                "bytes": one.size,
                "expiresAt": one.expires.isoformat(timespec="seconds"),
            }
            for one in overview.contexts
        ],
        "waiting": overview.waiting,
        "images": overview.pictures,
        "bytes": overview.size,
    }


def print_overview(overview: "Overview", store: str) -> None:
    """Print the conversations, a line each, and what they come to."""
    screen = Screen()
    wide = screen.width >= _WIDE or not screen.is_terminal
    if overview.contexts:
        screen.print(_headings(wide=wide), soft_wrap=True)
    now = datetime.now().astimezone()
    for one in overview.contexts:
        screen.print(_line(one, now, wide=wide), soft_wrap=True)
    if overview.contexts:
        screen.print()
    for line in _totals(overview, store):
        screen.print(line, soft_wrap=True)


def print_context(conversation_id: str, context: "Context", injector: "Injector") -> None:
    """Print what a conversation has, picture by picture."""
    screen = Screen()
    screen.print(Text.assemble(("conversation  ", "bold"), readable_line(conversation_id)))
    if context.pictures:
        expires = datetime.fromtimestamp(context.expires).astimezone()
        left = time_left(expires, datetime.now().astimezone())
        moment = f"{left}, at {expires:%Y-%m-%d %H:%M:%S}; each turn puts it off"
        screen.print(Text.assemble(("forgotten     ", "bold"), moment))
    if context.awaited:
        screen.print(Text.assemble(("pending       ", "bold"), "one more picture is announced"))
    for number, shared in enumerate(context.pictures, 1):
        screen.print()
        _print_picture(screen, number, shared.picture, injector)


def pictures(count: int, size: int) -> str:
    """Return so many pictures of so many bytes as a person says it."""
    return f"{counted(count, 'picture')}, {byte_size(size)}"


def counted(count: int, noun: str) -> str:
    """Return a number and what it counts."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def time_left(moment: datetime, now: datetime) -> str:
    """Return how long it is until a moment, in the two largest units that say something."""
    left = round((moment - now).total_seconds())
    if left <= 0:
        return "now"
    if left < _MINUTE:
        return f"in {left} s"
    if left < _HOUR:
        return f"in {left // _MINUTE} min"
    if left < _DAY:
        return f"in {left // _HOUR} h {left % _HOUR // _MINUTE:02} min"
    return f"in {left // _DAY} d {left % _DAY // _HOUR:02} h"


def _headings(*, wide: bool) -> Text:
    moment = f"{'':21}" if wide else ""
    return Text(f"pictures  {'bytes':>10}  {'forgotten':14}{moment}  conversation", "dim")


def _line(one: "Summary", now: datetime, *, wide: bool) -> Text:
    moment = f"  {one.expires.astimezone():%Y-%m-%d %H:%M:%S}" if wide else ""
    return Text.assemble(
        f"{one.pictures:8}  {byte_size(one.size):>10}  {time_left(one.expires, now):14}",
        (moment, "dim"),
        ("  " + readable_line(one.conversation_id), "bold"),
    )


def _totals(overview: "Overview", store: str) -> list[Text]:
    waiting = overview.waiting
    waits = f"{counted(waiting, 'upload')} {'waits' if waiting == 1 else 'wait'} for a conversation"
    held = (
        f"{counted(len(overview.contexts), 'conversation')}; "
        f"{pictures(overview.pictures, overview.size)}; {waits if waiting else 'nothing waits'}"
    )
    return [Text(held), Text(f"in {readable_line(store)}", "dim")]


def _print_picture(screen: Screen, number: int, picture: "Picture", injector: "Injector") -> None:
    from injector.sharing import told

    told_of = told.picture(picture, told.looking(injector))
    tokens = f"{told_of['tokens']:,} tokens"
    size = f"{picture.width} x {picture.height}"
    line = f"{picture.media_type:10}  {size:11}  {byte_size(picture.size):>10}  {tokens}"
    screen.print(Text.assemble((f"{number:3}  ", "bold"), line))
    if picture.description:
        words = Text(in_one_line(picture.description), "italic")
        for part in words.wrap(screen, max(20, min(screen.width, _WIDE) - 5)):
            screen.print(Text.assemble("     ", part))
