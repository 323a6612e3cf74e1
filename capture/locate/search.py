"""Recorded turns in, a finding out.

The histories say which turns belong together, as far as histories can. Where a place tells the
turns apart in another way and each part is one whole conversation, the place is believed: two calls
may well have said the same words.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from capture.grouping import count_whole, sessions_by
from capture.locate import reasons
from capture.locate.evidence import Seen
from capture.locate.finding import Candidate, Finding, Verdict
from capture.locate.judging import Ranking
from capture.locate.names import standing, words
from capture.locate.places import Table
from capture.locate.shapes import is_plain
from capture.locate.tokens import claims_of
from capture.locate.vocabulary import Standing
from capture.sessions import Session, certainty_of, history_of, sessions
from contract.exchange import Exchange
from contract.fieldpath import PLACEHOLDER, FieldPath

_SHOWN = 12  # candidates in an answer; the rest is noise
_ONE_CALL = timedelta(minutes=5)  # longer than this, nobody is silent in a call
_TRIED = 6  # places by which the turns are grouped again
_KINDS = {
    "header": "headers",
    "query": "query parameters",
    "path": "path segments",
    "body": "values of the body",
    "match": "words inside texts",
}


def locate(exchanges: Iterable[Exchange], known_ids: Sequence[str] = ()) -> Finding:
    """Return where the conversation ID is in these exchanges.

    Args:
        exchanges: what was recorded; what is no turn is left out.
        known_ids: IDs of recorded conversations that somebody knows; they win over all else.
    """
    turns = [it for it in exchanges if it.is_turn and isinstance(it.request.json(), dict)]
    if not turns:
        return Finding("insufficient", (), 0, 0, (), (reasons.NO_TURN,), _looked_in([], 0, 0))
    return _Search(sorted(turns, key=lambda it: it.started), known_ids).finding()


class _Search:
    def __init__(self, turns: Sequence[Exchange], known_ids: Sequence[str]) -> None:
        self._turns = turns
        self._known = tuple(known_ids)
        self._rows = {id(turn): row for row, turn in enumerate(turns)}
        self._table = Table([turn.request for turn in turns], known_ids)
        self._claims = [list(claims_of(turn.request)) for turn in turns]

    def finding(self) -> Finding:
        """Return the finding, by the histories or else by a place that is believed."""
        groups = sessions(self._turns)
        ranking = Ranking(self._seen(groups), self._known)
        finding = self._judged(groups, ranking)
        if finding.verdict == "found":
            return finding
        for one in self._promising(ranking):
            regrouped = sessions_by([one.path], self._turns)
            if not self._known and count_whole(regrouped) < 2:  # noqa: PLR2004
                continue
            again = self._judged(regrouped, Ranking(self._seen(regrouped), self._known))
            if again.verdict == "found":
                return replace(again, reasons=(*again.reasons, reasons.SAME_WORDS))
        return finding

    def _seen(self, groups: Sequence[Session]) -> list[Seen]:
        rows = [[self._rows[id(turn)] for turn in session.turns] for session in groups]
        near = self._turns[len(self._turns) // 2].started
        made = (
            Seen(
                path,
                tuple(tuple(column[row] for row in group) for group in rows),
                self._table.contexts.get(path),
                near,
            )
            for path, column in self._table.columns.items()
        )
        return [one for one in made if one.every]

    def _promising(self, ranking: Ranking) -> list[Seen]:
        """Return the places that may tell apart what histories cannot."""
        return [
            one
            for one in ranking.places
            if len(one.every) > 1
            and ranking.against(one) is None
            and (one.every & set(self._known) if self._known else not one.tells_apart)
            and (self._known or one.standing != Standing.NONE or one.path.match is None)
        ][:_TRIED]

    def _judged(self, groups: Sequence[Session], ranking: Ranking) -> Finding:
        chosen, left = ranking.cover()
        verdict, why = self._verdict(groups, ranking, chosen, left)
        answer = chosen if verdict == "found" else []
        rest = [one for one in ranking.places if one not in answer and self._is_near(one, ranking)]
        shown = [*answer, *rest][:_SHOWN]
        return Finding(
            verdict,
            tuple(one.path for one in answer),
            len(groups),
            len(self._turns),
            tuple(
                self._candidate(one, None if one in answer else ranking.note(one)) for one in shown
            ),
            why,
            _looked_in(
                list(self._table.columns), self._table.constant, sum(map(len, self._claims))
            ),
            *certainty_of(groups),
        )

    def _candidate(self, one: Seen, note: str | None) -> Candidate:
        known = sum(value in self._known for turns in one.values for value in turns if value)
        return Candidate(
            one.path,
            one.present,
            one.constant,
            one.distinct,
            known,
            one.sample,
            note,
        )

    def _is_near(self, one: Seen, ranking: Ranking) -> bool:
        """Tell whether a candidate is worth showing though it is not the answer."""
        if ranking.against(one) is None:
            return one.standing != Standing.NONE or (one.is_shaped and one.distinct > 1)
        named = one.standing != Standing.NONE and one.distinct > 1
        return named or (one.is_shaped and one.distinct > 1 and one.path.match is None)

    def _verdict(
        self,
        groups: Sequence[Session],
        ranking: Ranking,
        chosen: Sequence[Seen],
        left: frozenset[int],
    ) -> tuple[Verdict, tuple[str, ...]]:
        count, covered = len(groups), len(groups) - len(left)
        if self._known:
            return self._verdict_by_known(chosen, covered, count)
        if count < 2:  # noqa: PLR2004
            return "insufficient", (reasons.ONLY_ONE,)
        if count > 2 and self._proves_nothing(chosen or self._promising(ranking)):  # noqa: PLR2004
            return "insufficient", (reasons.NO_HISTORY,)
        if chosen and not left:
            reason = f"constant within each of {count} conversations and distinct between them"
            more = () if chosen[0].standing != Standing.NONE else (reasons.UNNAMED,)
            return "found", (reason, *more, *_together(chosen, count, count))
        if chosen:
            return "absent", (reasons.IN_PART.format(covered, count), *self._unfilled())
        open_ = ranking.open()
        if open_:
            several = len({one.every for one in open_}) > 1
            if all(map(is_plain, open_[0].every)):
                return "insufficient", (reasons.WORDS,)
            return "insufficient", (reasons.SEVERAL if several else reasons.UNTESTED,)
        return "absent", (reasons.NOTHING_FITS, *self._unfilled(), *self._in_claims())

    def _proves_nothing(self, chosen: Sequence[Seen]) -> bool:
        """Tell whether requests may be one call's, of which none repeats what was said before.

        Each has a value of its own then, as it would if the place held the ID of the request.
        """
        named = [one for one in chosen if one.standing != Standing.NONE]
        fresh = bool(named) and all(one.present == len(one.every) for one in named)
        moments = [turn.started for turn in self._turns]
        close = any(after - before < _ONE_CALL for before, after in pairwise(moments))
        return fresh and close and all(len(history_of(it.request)) == 1 for it in self._turns)

    def _verdict_by_known(
        self, chosen: Sequence[Seen], covered: int, count: int
    ) -> tuple[Verdict, tuple[str, ...]]:
        occurring = [
            known
            for known in self._known
            if any(known in column for column in self._table.columns.values())
        ]
        if chosen:
            reason = f"{len(occurring)} of {len(self._known)} known IDs stand there"
            return "found", (reason, *_together(chosen, covered, count))
        named = ", ".join(self._known)
        reason = reasons.KNOWN_UNFIT if occurring else reasons.KNOWN_ABSENT.format(named)
        if not occurring and self._is_said():
            reason = reasons.KNOWN_SAID
        return "absent", (reason, *self._unfilled(), *self._in_claims())

    def _is_said(self) -> bool:
        bodies = (turn.request.body for turn in self._turns)
        return any(known.encode() in body for body in bodies for known in self._known)

    def _unfilled(self) -> tuple[str, ...]:
        """Return a sentence for each template variable that arrived as it was written."""
        names = {
            name: path
            for path, column in self._table.texts.items()
            for text in dict.fromkeys(column)
            for name in PLACEHOLDER.findall(text or "")
        }
        return tuple(reasons.UNFILLED.format(path, name) for name, path in names.items())

    def _in_claims(self) -> tuple[str, ...]:
        """Return a sentence for each claim of a token that could be the ID."""
        return tuple(
            reasons.IN_CLAIM.format(claim, header)
            for header, claim in dict.fromkeys(self._telling_claims())
        )

    def _telling_claims(self) -> Iterator[tuple[str, str]]:
        for claims in self._claims:
            for header, claim, value in claims:
                named = standing(words(claim.rpartition("/")[2])) <= Standing.SESSION
                if value in self._known or (named and not self._known):
                    yield header, claim


def _looked_in(paths: Sequence[FieldPath], constant: int, claims: int) -> tuple[str, ...]:
    """Return how many places of each kind were looked at."""
    counts = dict.fromkeys(_KINDS.values(), 0)
    for path in paths:
        counts["words inside texts" if path.match else _KINDS[path.place]] += 1
    counts["values of the body"] += constant
    if claims:
        counts["claims of tokens"] = claims
    return tuple(f"{count} {kind}" for kind, count in counts.items())


def _together(chosen: Sequence[Seen], covered: int, count: int) -> tuple[str, ...]:
    if len(chosen) == 1:
        return ()
    return (f"tried in this order, they cover {covered} of {count} conversations",)
