"""The tree that the docstring draws is the tree that is."""

import re
from collections.abc import Iterator

import pytest

from contract import errors
from contract.errors import RequestError, SightlineError

_BRANCH = re.compile(r"^(?P<indent>[│ ]*)[├└]── (?P<name>\w+) +(?P<rest>.+)$")
_INDENT = 4


def drawing() -> Iterator[tuple[str, str, int | None]]:
    """Yield each class in the drawing with its parent and the HTTP status beside it."""
    assert errors.__doc__
    above = {-1: "SightlineError"}
    for line in errors.__doc__.splitlines():
        found = _BRANCH.match(line.removeprefix(" " * _INDENT))
        if found:
            depth = len(found["indent"]) // _INDENT
            status = re.match(r"\d{3}", found["rest"])
            above[depth] = found["name"]
            yield found["name"], above[depth - 1], int(status.group()) if status else None


def subclasses(kind: type[SightlineError]) -> Iterator[type[SightlineError]]:
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)


REQUEST_ERRORS = [kind for kind in subclasses(RequestError) if issubclass(kind, RequestError)]


def test_the_drawing_shows_every_class_under_its_parent() -> None:
    drawn = {(name, parent) for name, parent, _ in drawing()}
    real = {(kind.__name__, kind.__mro__[1].__name__) for kind in subclasses(SightlineError)}
    assert drawn == real
    assert len(drawn) == len(list(drawing()))


def test_the_drawing_shows_the_status_of_every_request_error() -> None:
    drawn = {name: status for name, _, status in drawing() if status is not None}
    assert drawn == {kind.__name__: kind.http_status for kind in REQUEST_ERRORS}


@pytest.mark.parametrize("kind", REQUEST_ERRORS)
def test_a_request_error_blames_the_side_that_its_status_blames(kind: type[RequestError]) -> None:
    whose = "invalid_request_error" if kind.http_status < 500 else "server_error"
    assert kind.type == whose


def test_no_two_request_errors_share_a_code() -> None:
    codes = [kind.code for kind in REQUEST_ERRORS]
    assert len(set(codes)) == len(codes)
    assert RequestError.code not in codes


@pytest.mark.parametrize("kind", [RequestError, *REQUEST_ERRORS])
def test_an_error_is_told_in_the_shape_of_openai(kind: type[RequestError]) -> None:
    error = kind("send a picture", param="image")
    assert error.as_json() == {
        "error": {
            "message": "send a picture",
            "type": kind.type,
            "param": "image",
            "code": kind.code,
        }
    }


def test_an_error_of_no_parameter_says_null() -> None:
    assert RequestError("broken").as_json()["error"]["param"] is None


@pytest.mark.parametrize("kind", list(subclasses(SightlineError)))
def test_bad_input_exits_with_two_and_failed_work_with_one(kind: type[SightlineError]) -> None:
    failed = issubclass(kind, RequestError)
    assert kind.exit_status == (1 if failed else 2)
