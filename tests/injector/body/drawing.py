"""JSON drawn as the pieces of its text: what must come out is put together without a parser.

Each drawn thing has two texts: as it is written, and as it must be relayed.
"""

import json
from dataclasses import dataclass

from hypothesis import strategies as st

spaces = st.text(" \t\n\r", max_size=2)
numbers = st.sampled_from(
    ["1e400", "-1E+5", "1.10", "-0", "0.0", "7", "123456789012345678901234567890", "1e-999"]
)
texts = (
    st.text(max_size=6).map(json.dumps)
    | st.text(max_size=6).map(lambda text: json.dumps(text, ensure_ascii=False))
    | st.sampled_from([r'"\ud800"', r'"a\/\u0062"', '"ключ 🐈"', r'"\"}],"', '""'])
)
literals = st.sampled_from(["null", "true", "false"])


@st.composite
def listed(draw: st.DrawFn, items: st.SearchStrategy[str], brackets: str) -> str:
    drawn = draw(st.lists(items, max_size=3))
    inner = draw(spaces) + ",".join(draw(spaces) + item + draw(spaces) for item in drawn)
    return brackets[0] + inner + brackets[1]


@st.composite
def paired(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    return draw(texts) + draw(spaces) + ":" + draw(spaces) + draw(values)


values = st.recursive(
    numbers | texts | literals,
    lambda inner: listed(inner, "[]") | listed(paired(inner), "{}"),
    max_leaves=6,
)


@dataclass
class Piece:
    """A member as it is written, and as it must come out; `gone`: not at all."""

    key: str
    colon: str
    value: str
    put_key: str | None = None
    put_value: str | None = None
    gone: bool = False

    @property
    def name(self) -> str:
        name: str = json.loads(self.key)
        return name

    def written(self) -> str:
        return self.key + self.colon + self.value

    def expected(self) -> str:
        key = self.key if self.put_key is None else self.put_key
        colon = self.colon if self.put_key is None else self.colon.lstrip()
        return key + colon + (self.value if self.put_value is None else self.put_value)


@st.composite
def members(draw: st.DrawFn, key: str, values: st.SearchStrategy[str]) -> Piece:
    return Piece(key, draw(spaces) + ":" + draw(spaces), draw(values))


@st.composite
def objects(
    draw: st.DrawFn, pieces: list[Piece], first: str = "", last: str = ""
) -> tuple[str, str]:
    """Draw the object that has these members; `first` and `last` come in when it is relayed."""
    gaps = [draw(spaces) + "," + draw(spaces) for _ in pieces]
    head, tail = "{" + draw(spaces), draw(spaces) + "}"
    written = head
    for at, piece in enumerate(pieces):
        written += (gaps[at] if at else "") + piece.written()
    kept = [at for at, piece in enumerate(pieces) if not piece.gone]
    expected = head + first
    for number, at in enumerate(kept):  # the comma that stood behind what stays, stays
        expected += (gaps[kept[number - 1] + 1] if number else "") + pieces[at].expected()
    return written + tail, expected + last + tail
