"""Which places qualify, in which order, and whether a person's privacy may be staked on them.

A place is the conversation ID's when its value is constant within each conversation, distinct
between any two, and nothing better explains that. A name is needed where the values prove less:
where each conversation has one request only, nothing shows that a value stays.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import chain

from capture.locate import names, shapes
from capture.locate.evidence import Seen, is_framed
from capture.locate.vocabulary import About, Standing

_PLACES = ("header", "body", "query", "path")
_UNANCHORED = re.compile(r"\^?(?:\[\\s\\S\]\*)?\(")  # no word stands before the ID
_SHORTEST_NUMBER = 7  # digits; a shorter number may be equal to another by chance
_NOBODY = re.compile(r"(?i)anonymous|unknown|default|guest|none|public|0|-1")
_OF_PERSONS = frozenset({About.WHO, About.WHERE, About.WHEN})


class Ranking:
    """All places of a recording, held against one grouping of its turns into conversations.

    Args:
        seen: what stands at each place.
        known_ids: IDs of recorded conversations that somebody knows; they win over all else.
    """

    def __init__(self, seen: Sequence[Seen], known_ids: Sequence[str]) -> None:
        self._known = frozenset(known_ids)
        self._kin = _Kin(seen)
        self.count = len(seen[0].values) if seen else 0
        """How many conversations there are."""
        self._whole = {(it.path.place, it.path.keys): it for it in seen if it.path.match is None}
        best: dict[frozenset[str], Standing] = {}
        for one in seen:
            if self.against(one) is None:
                best[one.every] = min(one.standing, best.get(one.every, Standing.NONE))
        self.places = _without_twins(sorted(seen, key=lambda one: self._key(one, best)))

    def _key(self, one: Seen, best: dict[frozenset[str], Standing]) -> tuple[object, ...]:
        """Return the sort key of a place: evidence first, then name and place.

        Where the same ID stands in several places, they share the plainest of their names, so that
        a header goes before the body and the body before a text.
        """
        match = one.path.match or ""
        return (
            -len(one.every & self._known),
            one.about == About.OTHER_CALL,
            self.against(one) is not None,
            not one.tells_apart,
            0 if self._known else -len(one.covered),
            best.get(one.every, one.standing),
            -one.distinct,
            bool(match),
            _PLACES.index(one.path.place),
            one.standing,
            not one.is_shaped,
            names.standing(names.words(names.before_match(match))),
            _UNANCHORED.match(match) is not None,
            match.startswith("^"),
            match.count(r"\s+"),
            len(match),
            str(one.path),
        )

    def against(self, one: Seen) -> str | None:
        """Return what explains a place better than that it holds the ID, or None."""
        if one.every & self._known:
            return None
        if one.path.match is None and is_framed(one.every):
            return "its value holds more than the ID"
        if one.is_prompt and all(map(shapes.is_plain, one.every)):
            return "its value is a word of a sentence"
        return one.explained or self._of_which(one) or self._kin.explains(one)

    def _of_which(self, one: Seen) -> str | None:
        """Return what explains the whole of which a place is a part: half an address is none."""
        whole = self._whole.get((one.path.place, one.path.keys)) if one.path.match else None
        if whole is None or one.is_plain or whole.form in shapes.FRAMES:
            return None
        return whole.form and f"it is a part of what {whole.form}"

    def note(self, one: Seen) -> str | None:
        """Return what speaks against a place, in a clause; None where nothing does."""
        if one.every & self._known:
            return None
        against = self.against(one)
        if against:
            return against
        if one.changing:
            return f"changes within {one.changing} of {self.count} conversations"
        if self.count > 1 and one.distinct < one.constant:
            return "is the same in different conversations"
        missing = self.count - len(one.covered | one.excused)
        if self.count > 1 and missing:
            return f"is missing in turns of {missing} conversations"
        return None

    def behaves(self, one: Seen) -> bool:
        """Tell whether a place's values do what an ID's do, and nothing explains that."""
        return bool(one.covered) and one.tells_apart and self.against(one) is None

    def qualifies(self, one: Seen) -> bool:
        """Tell whether a person's privacy may be staked on a place, where it is present."""
        if not self.behaves(one):
            return False
        if self._known:
            return bool(one.every & self._known)
        if all(map(shapes.is_plain, one.every)):
            return False  # `premium` and `berlin` differ between two calls, and not in the third
        if one.standing == Standing.NONE:
            return self._stands_alone(one)
        # One request each proves nothing about constancy; then it must be the only difference.
        return one.tested > 0 or not self.rivals(one)

    def _stands_alone(self, one: Seen) -> bool:
        """Tell whether a place without a name for it may be trusted: only by what it does.

        A value that stays the same in two calls of the same person may be that person's; one that
        does not is none of theirs, however short it is.
        """
        if one.tested < 2 or self.rivals(one):  # noqa: PLR2004
            return False
        if one.is_prompt:  # of its many words, only one that can be nothing but an ID
            return all(map(shapes.UUID.fullmatch, one.every))
        return one.is_shaped or self._kin.differs_for_one_person(one)

    def rivals(self, one: Seen) -> list[Seen]:
        """Return other places that behave like an ID, with other values, and are not explained."""
        return [
            other
            for other in self.places
            if other.every != one.every
            and other.path.match is None
            and other.is_shaped
            and len(other.covered) > 1
            and self.behaves(other)
            and other.standing >= one.standing
        ]

    def good(self) -> list[Seen]:
        """Return the places that qualify, best first."""
        return [one for one in self.places if self.qualifies(one)]

    def cover(self) -> tuple[list[Seen], frozenset[int]]:
        """Return the places to try in order, and the conversations that none of them covers."""
        chosen: list[Seen] = []
        left = frozenset(range(self.count))
        for one in self.good():
            if one.covered & left and self._is_enough(one, first=not chosen):
                chosen.append(one)
                left -= one.covered
        return chosen, left.difference(*(one.excused for one in chosen))

    def _is_enough(self, one: Seen, *, first: bool) -> bool:
        """Tell whether a place was seen in enough conversations to be trusted there."""
        if self._known or len(one.covered) > 1:
            return True
        # A second place, for the rest, may be there for one conversation only, if plainly named.
        return not first and one.standing <= Standing.SESSION and one.is_shaped and one.tested > 0

    def open(self) -> list[Seen]:
        """Return the places that behave like an ID in all conversations, but prove too little."""
        return [
            one
            for one in self.places
            if self.behaves(one)
            and len(one.covered | one.excused) == self.count
            and (one.standing != Standing.NONE or (one.is_shaped and not one.is_prompt))
        ]


class _Kin:
    """Values that are explained by another place which says whose they are.

    A caller's number is one also where it is called a session's, if it stands elsewhere by its own
    name; and what has no name of its own is what another place calls it.
    """

    def __init__(self, seen: Sequence[Seen]) -> None:
        self._numbers: dict[int, set[str]] = {}
        self._values: dict[int, set[str]] = {}
        self._people = [
            one
            for one in seen
            if one.path.match is None and names.is_person(one.name) and not one.changing
        ]
        whole = (it for it in seen if it.path.match is None)
        self._named = Counter(
            it.every for it in whole if names.standing(it.name) <= Standing.SESSION
        )
        for one in seen:
            if one.about in _OF_PERSONS:
                for row, value in enumerate(chain.from_iterable(one.values)):
                    if value and one.about == About.WHO and one.path.match is None:
                        self._values.setdefault(row, set()).add(value)
                    if value and (number := _number(value)):
                        self._numbers.setdefault(row, set()).add(number)

    def explains(self, one: Seen) -> str | None:
        """Return what explains a place by another one, or None."""
        rows = [(row, it) for row, it in enumerate(chain.from_iterable(one.values)) if it]
        if not rows:
            return None
        if all(_number(it) in self._numbers.get(row, ()) for row, it in rows):
            return "is the number that stands elsewhere by its own name"
        if one.is_plain or self._named[one.every] > 1 or self.differs_for_one_person(one):
            return None  # by its form, most of its names, or who calls, it is the conversation's
        if all(it in self._values.get(row, ()) for row, it in rows):
            return "is what another place says by its own name"
        return None

    def differs_for_one_person(self, one: Seen) -> bool:
        """Tell whether two calls of the same person have different values here."""
        return any(
            len(set(values)) > 1
            for person in self._people
            for values in _by_person(person, one).values()
        )


def _by_person(person: Seen, one: Seen) -> dict[str, list[str]]:
    """Return the values of a place for each person that another place names."""
    found: dict[str, list[str]] = {}
    for who, values in zip(person.by_session, one.by_session, strict=True):
        for name in who:
            if not _NOBODY.fullmatch(name):
                found.setdefault(name, []).extend(values)
    return found


def _number(value: str) -> str | None:
    """Return the digits of a telephone number, however written, without leading zeros."""
    digits = re.sub(r"[ ()./+-]", "", value)
    if not digits.isdigit() or len(digits) < _SHORTEST_NUMBER:
        return None
    return digits.lstrip("0")


def _without_twins(ranked: Sequence[Seen]) -> list[Seen]:
    """Return the places without those that only cut the same words out of the same text."""
    first: dict[object, Seen] = {}
    for one in ranked:
        values = one.values if one.path.match else one.path
        first.setdefault((one.path.place, one.path.keys, values), one)
    return list(first.values())
