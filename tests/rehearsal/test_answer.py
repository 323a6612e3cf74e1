import pytest

from rehearsal.answer import Call, Say, answer, arguments_for, mentioned_tool
from rehearsal.asked import Asked, Tool
from rehearsal.counting import picture_tokens
from rehearsal.eyes import Seen

CAT = Seen("WEBP", 451, 300, ("brown", "brown", "brown", "brown"))
SEA = Seen("JPEG", 640, 427, ("blue", "blue", "grey", "grey"))
NOTE = Tool("make_a_note", {"properties": {"text": {"type": "string"}}, "required": ["text"]})


def asked(
    said: str = "What is it?",
    *,
    result: str | None = None,
    limit: int | None = None,
    is_user_turn: bool = True,
) -> Asked:
    return Asked(
        model="m",
        stream=False,
        include_usage=False,
        limit=limit,
        tools=(NOTE,),
        pictures=(),
        prompt=(),
        said=said,
        result=result,
        is_user_turn=is_user_turn,
    )


def test_one_picture_is_described_by_a_stand_in_that_says_so() -> None:
    said = answer(asked(), [SEA])
    assert said == Say(f"(Stand-in model.) I see 1 picture. {SEA.sentence()}")


def test_several_pictures_are_listed_in_order() -> None:
    said = answer(asked(), [CAT, SEA])
    assert isinstance(said, Say)
    assert f"2 pictures. Picture 1: {CAT.sentence()} Picture 2: {SEA.sentence()}" in said.text


def test_without_a_picture_the_first_sixty_characters_are_echoed() -> None:
    said = answer(asked("x" * 100), [])
    assert said == Say(
        f'(Stand-in model.) I see no picture in this request. You said: "{"x" * 60}"'
    )


def test_a_tool_that_is_mentioned_is_called_with_what_was_said() -> None:
    assert answer(asked("Please MAKE a note!"), [CAT]) == Call(
        "make_a_note", '{"text": "Please MAKE a note!"}'
    )


def test_a_tool_is_not_called_again_when_it_has_answered() -> None:
    said = answer(asked("make a note", result='{"ok": 1}', is_user_turn=False), [CAT])
    assert said == Say(
        f'(Stand-in model.) The tool answered: {{"ok": 1}}. I see 1 picture. {CAT.sentence()}'
    )


def test_an_answer_ends_at_the_limit_of_tokens() -> None:
    assert answer(asked(limit=3), [CAT]) == Say("(Stand-in model.) I", cut=True)


@pytest.mark.parametrize("said", ["make notes", "remake a note", "make a noted thing", ""])
def test_a_tool_whose_name_is_only_part_of_a_word_is_not_mentioned(said: str) -> None:
    assert mentioned_tool(said, [NOTE]) is None


def test_a_tool_whose_name_has_no_letters_is_never_mentioned() -> None:
    assert mentioned_tool("hello there", [Tool("_", {})]) is None


@pytest.mark.parametrize("schema", [{}, {"properties": [], "required": 3}, {"required": ["a"]}])
def test_a_schema_without_properties_gives_no_arguments(schema: dict[str, object]) -> None:
    assert arguments_for(schema, "hi") == {}


def test_arguments_have_the_types_that_the_schema_names() -> None:
    schema = {
        "properties": {
            "a": {"type": "integer"},
            "b": {"enum": ["x", "y"]},
            "c": {"type": ["string", "null"]},
            "d": {"type": "string"},
        },
        "required": ["a", "b", "c"],
    }
    assert arguments_for(schema, "hi") == {"a": 1, "b": "x", "c": "hi"}


def test_the_pieces_of_an_answer_join_to_the_answer() -> None:
    for said in (Say("one  two\nthree"), Say("x")):
        assert "".join(said.pieces) == said.text
    call = Call("f", '{"text": "a long argument"}')
    assert "".join(call.pieces) == call.arguments


@pytest.mark.parametrize(
    ("width", "height", "tokens"), [(512, 512, 255), (1024, 1024, 765), (4032, 3024, 765)]
)
def test_a_picture_costs_what_openai_documents(width: int, height: int, tokens: int) -> None:
    assert picture_tokens(Seen("JPEG", width, height, CAT.quarters)) == tokens
