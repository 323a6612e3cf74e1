import pytest

from rehearsal.convai import agents
from rehearsal.convai.agents import Refused, as_asked
from rehearsal.convai.frames import Opening
from rehearsal.payload import VARIABLE, Agent, Placement, body

ID = "conv_1"
LISTED = agents.listed(Agent(secret="s", prompt="Be kind."))


def test_all_agents_are_as_configured_but_for_what_they_show() -> None:
    assert list(LISTED) == [
        *("rehearsal", "header", "prompt", "extra_body", "nowhere", "client-tools", "strict")
    ]
    assert {one.agent.secret for one in LISTED.values()} == {"s"}
    assert {one.agent.prompt for one in LISTED.values()} == {"Be kind."}
    assert {one.agent.greeting for one in LISTED.values()} == {agents.GREETING}
    assert [one.id for one in LISTED.values() if not one.allows_extra_body] == ["strict"]


def test_a_prompt_of_the_clients_own_takes_the_id_away_unless_it_asks_for_it() -> None:
    one = LISTED["prompt"]
    as_it_is = body(as_asked(one, Opening(), ID), ID, [])
    taken = body(as_asked(one, Opening(prompt="Be brief."), ID), ID, [])
    asked = body(as_asked(one, Opening(prompt=f"Be brief in {VARIABLE}."), ID), ID, [])
    assert [ID.encode() in it for it in (as_it_is, taken, asked)] == [True, False, True]
    assert as_asked(LISTED["header"], Opening(prompt="x"), ID).placement is Placement.HEADER


@pytest.mark.parametrize(
    ("value", "shown"), [("Ada", "Ada"), (3, "3"), (1.5, "1.5"), (True, "true")]
)
def test_variables_are_filled_in(value: str | float, shown: str) -> None:
    opening = Opening(prompt="for {{ who }}", first_message="Hi {{who}}", variables={"who": value})
    agent = as_asked(LISTED["rehearsal"], opening, ID)
    assert (agent.prompt, agent.greeting) == (f"for {shown}", f"Hi {shown}")


def test_a_client_cannot_say_what_the_system_says() -> None:
    opening = Opening(
        first_message="{{system__conversation_id}} {{system__agent_id}}",
        variables={"system__conversation_id": "conv_other"},
    )
    assert as_asked(LISTED["strict"], opening, ID).greeting == f"{ID} strict"


def test_a_value_is_not_read_for_variables_again() -> None:
    opening = Opening(first_message="{{a}}", variables={"a": "{{b}}"})
    assert as_asked(LISTED["rehearsal"], opening, ID).greeting == "{{b}}"


def test_a_prompt_whose_variable_is_missing_is_refused() -> None:
    with pytest.raises(Refused, match="dynamic variables in prompt: a, b"):
        as_asked(LISTED["rehearsal"], Opening(prompt="{{b}} {{a}} {{a}}"), ID)
