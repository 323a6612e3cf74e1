"""What an error answer says, in one line: a message in OpenAI's shape, or a page's own words.

Pure. What stands between an endpoint and the internet answers with pages of HTML when it fails;
nobody wants to read one on a terminal.
"""

import html
import json
import re
from typing import Final

from contract.answer import error_of
from contract.readable import in_one_line

_LONGEST: Final = 160
_READ: Final = 20_000  # characters of a page; whatever it says, it says before
_UNREAD: Final = re.compile(r"(?is)<!--.*?-->|<(head|title|style|script)\b.*?</\1\s*>")
_TAG: Final = re.compile(r"(?i)</?[a-z!][^>]*>")


def excerpt(body: bytes) -> str:
    """Return what an error answer says, in one line of at most 160 characters; empty for nothing.

    An error in OpenAI's shape says its message; a page says the words of its body, or of its title
    where that is empty; a text says its first line.
    """
    text = body.decode("utf-8", "replace").strip()
    return _shortened(_message(text) or _words(text[:_READ]) or text.partition("\n")[0])


def _message(text: str) -> str | None:
    try:
        return error_of(json.loads(text))
    except (ValueError, RecursionError):
        return None


def _words(text: str) -> str:
    if not _TAG.match(text):
        return ""
    read = in_one_line(html.unescape(_TAG.sub(" ", _UNREAD.sub(" ", text))))
    return read or in_one_line(html.unescape(_TAG.sub(" ", text)))


def _shortened(text: str) -> str:
    line = in_one_line(text)
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
