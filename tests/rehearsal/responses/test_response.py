import json
from typing import Any

from contract import sse
from rehearsal.answer import Call, Say
from rehearsal.counting import Counted
from rehearsal.responses.response import Response
from rehearsal.spoken import Spoken

BODY = {"model": "m", "input": "hi", "instructions": "Be short.", "temperature": 0.5}


def response(answer: Say | Call) -> Response:
    return Response(BODY, Spoken(answer, Counted(30, 10, 2), created=7, token="abc"))


def names(piece: bytes) -> list[str | None]:
    return [event.event for event in sse.decode(piece)]


def added(answer: Say | Call) -> Any:
    events = response(answer).events()
    return next(it["item"] for it in events if it["type"] == "response.output_item.added")


def test_a_delta_is_sent_with_the_events_before_it_and_the_rest_at_the_end() -> None:
    first, second, last = response(Say("Yes, indeed.")).stream()
    assert names(first)[0] == "response.created"
    assert names(first)[-1] == "response.output_text.delta"
    assert names(second) == ["response.output_text.delta"]
    assert names(last)[0] == "response.output_text.done"
    assert names(last)[-1] == "response.completed"


def test_an_item_is_empty_when_it_is_added() -> None:
    assert added(Say("Yes."))["content"] == []
    call = added(Call("f", '{"a": 1}'))
    assert (call["name"], call["arguments"], call["status"]) == ("f", "", "in_progress")


def test_a_response_says_again_what_was_asked_and_what_holds_where_nothing_was() -> None:
    whole = response(Say("Yes.")).whole()
    assert (whole["instructions"], whole["temperature"]) == ("Be short.", 0.5)
    assert (whole["tool_choice"], whole["truncation"]) == ("auto", "disabled")


def test_the_usage_is_in_the_words_of_this_api() -> None:
    *_, last = response(Say("Yes, indeed.")).events()
    assert last["response"]["usage"] == {
        "input_tokens": 30,
        "input_tokens_details": {"cached_tokens": 10, "cache_write_tokens": 0},
        "output_tokens": 2,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 32,
    }


def test_every_event_says_its_name_twice_and_is_json_in_one_line() -> None:
    for piece in response(Say("Ja, schön.")).stream():
        for event in sse.decode(piece):
            assert json.loads(event.data or "")["type"] == event.event
