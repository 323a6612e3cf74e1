import json

from rehearsal.convai.mouth import Written


async def test_an_answer_in_writing_stops_once_and_is_told_once() -> None:
    sent: list[str] = []

    async def send(event: str) -> None:
        sent.append(json.loads(event)["type"])

    mouth = Written(send, 1)
    await mouth.hear("Well.")
    await mouth.finish()
    assert await mouth.cut() == "Well."
    assert sent == [
        *["agent_chat_response_part"] * 3,
        "agent_response",
        "interruption",
        "agent_response_correction",
    ]


async def test_nothing_said_is_nothing_to_cut() -> None:
    sent: list[str] = []

    async def send(event: str) -> None:
        sent.append(event)

    mouth = Written(send, 1)
    await mouth.finish()
    assert (await mouth.cut(), sent) == ("", [])
