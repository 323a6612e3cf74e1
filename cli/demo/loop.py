"""What happens in the demo, in its order.

Two people call at once, each about a photograph of their own. Their two agents put the conversation
ID in different places, and the endpoint knows of neither, so the model is shown nothing. Then the
recording is asked where the ID is, the answer is written into the configuration, and they call
again. Whoever has asked for the page then finds everything running (`cli.demo.page`).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from capture.locate import locate
from capture.replay import Result, plan
from capture.sender import Target, send
from cli.demo.children import child, part
from cli.demo.page import stay
from cli.demo.people import PEOPLE, Call, Person
from cli.demo.report import Report
from cli.demo.settings import ANY_PORT, ENVIRONMENT, write_config
from contract import recording
from contract.config import load, write_conversation_id
from contract.errors import ServiceError
from contract.exchange import Exchange
from rehearsal.guest import share
from rehearsal.payload import new_conversation_id
from rehearsal.platform import hold
from rehearsal.script import lines


async def run_demo(folder: Path, report: Report, *, page: bool = False) -> bool:
    """Run the whole loop, keep everything in `folder`, and return whether it went well.

    With `page`, what went well runs on until this process is told to stop.

    Raises:
        ServiceError: a part did not start, or has ended, or a call died.
    """
    began = time.monotonic()
    command = ["model", "--listen", ANY_PORT, "--chunk-delay", "0.02"]
    async with part("model", command, folder, ENVIRONMENT) as model:
        good = await _loop(folder, model.address, report, began)
        if good and page:
            await stay(folder, model, report)
    return good


async def _loop(folder: Path, model_at: str, report: Report, began: float) -> bool:
    report.step("Two people call about a photograph", "the endpoint knows no place of the ID")
    report.part("stand-in model", model_at)
    config = write_config(folder, model_at)
    async with _endpoint(folder, config, ANY_PORT, report) as endpoint_at:
        first = await _calls("first", folder, endpoint_at, report)
    recorded = recording.read(folder / "first.jsonl").exchanges

    report.step("Look at what the platform sends", "the first request of each call")
    report.exchanges(_first_turns(recorded, first))

    report.step("Locate the conversation ID", "each app knows the ID of its own call")
    finding = locate(recorded, [call.conversation.id for call in first])
    report.finding(finding)
    if finding.verdict != "found":
        return False
    report.change(*write_conversation_id(config, finding.paths))

    report.step("They call again", "the endpoint was started anew with that configuration")
    at = endpoint_at.removeprefix("http://")
    async with _endpoint(folder, config, at, report) as endpoint_at:
        second = await _calls("second", folder, endpoint_at, report)

        report.step("Replay the first calls", "the requests that got no picture before")
        results = await _replay(config, endpoint_at, recorded)
        report.results(results, endpoint_at)
    good = is_good(second, results)
    report.summary(finding, second, folder, time.monotonic() - began, good=good)
    return good


def is_good(calls: Sequence[Call], results: Sequence[Result]) -> bool:
    """Tell whether every call proves its own picture and no other, and the replay is clean."""
    proved = all(len(call.proofs) == len(call.conversation.turns) for call in calls)
    mixed_up = any(call.is_mixed_up for call in calls)
    return proved and not mixed_up and not any(result.problems for result in results)


@asynccontextmanager
async def _endpoint(folder: Path, config: Path, listen: str, report: Report) -> AsyncIterator[str]:
    command = ["serve", "--config", str(config), "--listen", listen]
    async with child("endpoint", command, folder, ENVIRONMENT) as address:
        report.part("endpoint", address)
        yield address


async def _calls(name: str, folder: Path, endpoint_at: str, report: Report) -> list[Call]:
    """Let both people call at once, through a capture proxy that records them."""
    out = folder / f"{name}.jsonl"
    command = ["capture", "--listen", ANY_PORT, "--upstream", endpoint_at, "--out", str(out)]
    async with child(f"capture-{name}", command, folder, ENVIRONMENT) as capture_at:
        report.part("capture proxy", capture_at)
        with report.waiting("two calls at once"):
            return list(await asyncio.gather(*(_call(it, capture_at, report) for it in PEOPLE)))


async def _call(person: Person, capture_at: str, report: Report) -> Call:
    identity = new_conversation_id()
    await share(capture_at, person.picture(), identity, filename=person.photo)
    conversation = await hold(
        f"{capture_at}/v1",
        person.agent,
        lines(person.name),
        conversation_id=identity,
        on_turn=lambda turn: report.turn(person.name, turn),
    )
    if conversation.ended:
        raise ServiceError(f"{person.name}'s call: {conversation.ended}")
    return Call(person, conversation)


def _first_turns(recorded: Sequence[Exchange], calls: Sequence[Call]) -> list[Exchange]:
    """Return the first turn of each call."""
    found = []
    for call in calls:
        identity = call.conversation.id
        mine = (it for it in recorded if it.is_turn and identity in str(it.request))
        found += [next(mine)]
    return found


async def _replay(config: Path, endpoint_at: str, recorded: Sequence[Exchange]) -> list[Result]:
    """Send the recorded turns again; each call's picture is still in the store."""
    settings = load(config, ENVIRONMENT)
    conversations = plan(recorded, settings.conversation_id)

    async def already_shared(_: int, __: str) -> int:
        return 1

    return await send(conversations, Target(endpoint_at), already_shared, lambda _: None)
