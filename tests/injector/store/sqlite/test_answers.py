import pytest

from injector.store.sqlite import answers
from injector.store.sqlite.answers import Answers
from injector.store.sqlite.reading import Found

ONE, TWO = Found(0, 1, ()), Found(0, 2, ())


class File:
    """A file's mark, as a test says."""

    state: bytes | None = b"1"

    def mark(self) -> bytes | None:
        return self.state


@pytest.fixture
def file() -> File:
    return File()


@pytest.fixture
def known(file: File) -> Answers:
    known = Answers(file.mark)
    assert known.get("c") is None
    known.put("c", ONE, known.mark())
    assert known.get("c") is ONE
    return known


def test_a_commit_makes_all_answers_void(file: File, known: Answers) -> None:
    file.state = b"2"
    assert known.get("c") is None
    file.state = b"1"
    assert known.get("c") is None


def test_a_mark_that_is_not_known_makes_all_answers_void(file: File, known: Answers) -> None:
    file.state = None
    assert known.get("c") is None
    known.put("c", TWO, known.mark())
    assert known.get("c") is None
    file.state = b"1"
    assert known.get("c") is None


def test_an_answer_from_before_a_commit_is_not_remembered(file: File, known: Answers) -> None:
    asked_at = known.mark()
    file.state = b"2"
    assert known.get("c") is None
    known.put("c", ONE, asked_at)
    assert known.get("c") is None


def test_an_answer_to_a_question_that_a_commit_overtook_is_not_remembered(
    file: File, known: Answers
) -> None:
    asked_at = known.mark()
    file.state = b"2"
    known.put("c", TWO, asked_at)
    assert known.get("c") is None


def test_there_are_never_too_many(known: Answers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "MOST", 3)
    for number in range(10):
        known.put(str(number), ONE, known.mark())
        assert known.get(str(number)) is ONE
        assert sum(known.get(str(each)) is not None for each in range(10)) <= 3
