"""The page in a real browser: what a reader sees, and that nothing captured does anything."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from capture.locate import Candidate, Finding
from capture.report.page import page
from capture.sessions import Session, sessions
from contract.exchange import Exchange, Request, Response
from contract.fieldpath import parse
from contract.recording import Recording

pytestmark = pytest.mark.needs("chromium", what="the report page in a real browser")

Browse: TypeAlias = Any  # of conftest.py, which no test can import
FOUND = parse("$request.header.x-conversation-id")
SEEN = Candidate(FOUND, 11, 2, 2, 0, "conv_9801m4394evfexfsqb05pv6z39x3", None)
FINDING = Finding("found", (FOUND,), 2, 11, (SEEN,), ("constant and distinct",), ("4 headers",))


@pytest.fixture
def address(nasty: Recording, tmp_path: Path) -> str:
    return written(tmp_path, nasty.exchanges)


def written(folder: Path, exchanges: Sequence[Exchange], finding: Finding = FINDING) -> str:
    """Write a page, and return its address."""
    turns = [it for it in exchanges if it.is_turn]
    found = [Session(1, tuple(turns))] if turns else sessions(exchanges)
    html = page([Recording("first.jsonl", tuple(exchanges))], found, finding, by="Sightline")
    path = folder / "report.html"
    path.write_text(html, "utf-8")
    return path.as_uri()


async def test_the_page_asks_for_nothing_and_complains_of_nothing(
    browse: Browse, address: str
) -> None:
    async with browse() as tab:
        await tab.open(address)
        assert await tab.run("document.querySelector('#verdict h2').innerText") == "Found"
        asked = [it for it in tab.requests if not it.startswith("data:image/jpeg;base64,")]
        assert asked == [address]
        assert tab.complaints == []


PWN = "window.pwned = (window.pwned || 0) + 1"
VECTORS = (
    f"<script>{PWN}</script>",
    f"</script><script>{PWN}</script>",
    f"--></style></title></textarea></svg></pre><img src=x onerror='{PWN}'>",
    f"<svg onload='{PWN}'><a href='javascript:{PWN}'>",
    f"<iframe srcdoc='<script>parent.{PWN}</script>'></iframe>",
    f"\" onmouseover='{PWN}' autofocus onfocus='{PWN}' x=\"",
    f"'-->{{{{constructor.constructor('{PWN}')()}}}}{{% raw %}}",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'><base href='http://127.0.0.1:9/'>",
    "<link rel=stylesheet href='http://127.0.0.1:9/'><img src='http://127.0.0.1:9/x.png'>",
)


def hostile(text: str, at: int) -> list[Exchange]:
    """Return exchanges that hold a text wherever a text can be."""
    message = {
        "role": text,
        "content": [{"type": text, "text": text}, {"image_url": {"url": text}}, {text: text}],
        "tool_calls": [{"function": {"name": text, "arguments": text}}],
    }
    body = {
        "messages": [message, {"role": "system", "content": text * 30}],
        text: {text: [text, {text: text * 20}]},
        "image": f"data:{text};base64,AAAA",
    }
    event = f"data: {json.dumps({'choices': [{'delta': {'content': text}}]})}\n\ndata: {text}\n\n"
    sse = (("Content-Type", "text/event-stream"), (text, text))
    data = event.encode()
    turn = Exchange(
        text,
        datetime(2026, 11, 23, 6, 24, at, tzinfo=UTC),
        Request(
            "POST",
            f"http://{text}/v1/chat/completions?{text}",
            ((text, text), ("X-Conversation-Id", text), ("Content-Type", text)),
            json.dumps(body).encode(),
            text,
        ),
        Response(200, sse, data, ((1.0, 20), (2.0, len(data) - 20))),
        complete=False,
        reason=text,
        redacted=(text,),
    )
    error = Response(500, ((text, text),), json.dumps({"error": {"message": text}}).encode())
    raw = Request(text, text, (("Content-Type", f"image/{text}"),), text.encode())
    return [turn, replace(turn, response=error), replace(turn, request=raw)]


async def test_no_captured_text_runs_or_loads_anything(browse: Browse, tmp_path: Path) -> None:
    exchanges = [it for at, text in enumerate(VECTORS) for it in hostile(text, at)]
    bad = "".join(VECTORS)
    path = parse({"from": "$request.body#/a", "match": bad.replace("(", "").replace(")", "")})
    one = Candidate(path, 1, 1, 1, 1, bad, bad)
    finding = Finding("found", (FOUND, path), 1, 1, (one,), (bad,), (bad,))
    address = written(tmp_path, exchanges, finding)
    async with browse() as tab:
        await tab.open(address)
        await tab.run("for (const it of document.querySelectorAll('details')) it.open = true")
        await tab.run(
            "for (const it of document.querySelectorAll('*')) for (const kind of ['mouseover',"
            " 'focus', 'click', 'load', 'error']) if (it.tagName !== 'BUTTON' && it.tagName !== 'A'"
            " && it.tagName !== 'SUMMARY') it.dispatchEvent(new Event(kind))"
        )
        await tab.run("new Promise(done => setTimeout(done, 200))")
        assert await tab.run("window.pwned || 0") == 0
        assert await tab.run("document.scripts.length") == 1
        assert await tab.run("document.querySelectorAll('img, iframe, base, form').length") == 0
        assert tab.requests == [address]
        assert tab.complaints == []


async def test_the_policy_stops_even_what_would_be_markup(browse: Browse, address: str) -> None:
    async with browse() as tab:
        await tab.open(address)
        await tab.run(
            "document.body.insertAdjacentHTML('beforeend', `<img src=x onerror='window.pwned = 1'>"
            "<img src='http://127.0.0.1:9/a.png'><form action='http://127.0.0.1:9/'></form>`);"
            "document.forms[0].submit();"
            "const made = document.createElement('script'); made.textContent = 'window.pwned = 1';"
            "document.body.append(made); fetch('http://127.0.0.1:9/').catch(() => {})"
        )
        await tab.run("new Promise(done => setTimeout(done, 200))")
        assert await tab.run("window.pwned || 0") == 0
        assert len([it for it in tab.complaints if "Content Security Policy" in it]) >= 5


async def test_what_stood_in_an_earlier_body_is_brought_where_it_is_opened(
    browse: Browse, address: str
) -> None:
    async with browse() as tab:
        await tab.open(address)
        again = "document.querySelector('#e8 .again')"
        assert "turn 5 of conversation 1" in await tab.run(f"{again}.textContent")
        await tab.run(f"{again}.open = true; new Promise(requestAnimationFrame)")
        text = await tab.run(f"{again}.textContent")
        assert "I am Anna. What is in it?" in text
        assert "The sky is blue and..." in text
        ids = "[...document.querySelectorAll('[id]')].map(it => it.id)"
        assert await tab.run(f"new Set({ids}).size === {ids}.length")
        count = f"{again}.querySelectorAll('.part').length"
        assert await tab.run(count) == 7
        await tab.run(f"{again}.open = false; new Promise(requestAnimationFrame)")
        await tab.run(f"{again}.open = true; new Promise(requestAnimationFrame)")
        assert await tab.run(count) == 7


async def test_a_link_to_what_is_folded_away_opens_it(browse: Browse, address: str) -> None:
    async with browse() as tab:
        await tab.open(f"{address}#e12")
        assert await tab.run("document.getElementById('e12').open")


async def test_payloads_unfold_and_fold_all_at_once(browse: Browse, address: str) -> None:
    async with browse() as tab:
        await tab.open(address)
        opened = "document.querySelectorAll('#c1 details.payload[open]').length"
        assert await tab.run(opened) == 0
        await tab.run("document.querySelector('#c1 .unfold').click()")
        assert await tab.run(opened) == 21
        await tab.run("document.querySelector('#c1 .unfold').click()")
        assert await tab.run(opened) == 0


async def test_the_path_is_copied(browse: Browse, address: str) -> None:
    async with browse() as tab:
        await tab.open(address)
        await tab.run(
            "navigator.clipboard.writeText = async (text) => { window.copied = text; };"
            "document.querySelector('.copy').click(); new Promise(requestAnimationFrame)"
        )
        assert await tab.run("window.copied") == str(FOUND)
        assert await tab.run("document.querySelector('.copy').textContent") == "Copied"


async def test_without_scripts_the_page_says_the_same(browse: Browse, address: str) -> None:
    async with browse() as tab:
        await tab.send("Emulation.setScriptExecutionDisabled", value=True)
        await tab.open(address)
        await tab.send("Emulation.setScriptExecutionDisabled", value=False)
        assert await tab.run("[...document.querySelectorAll('button')].every(it => it.hidden)")
        assert "It is red." in await tab.run("document.body.innerText")
        link = await tab.run("document.querySelector('#e8 .again a').getAttribute('href')")
        assert link == "#e5"


@pytest.mark.parametrize(
    ("scheme", "ground", "ink"),
    [
        ("light", "rgb(245, 246, 248)", "rgb(28, 33, 40)"),
        ("dark", "rgb(13, 17, 23)", "rgb(230, 237, 243)"),
    ],
)
async def test_light_and_dark_are_as_the_reader_prefers(
    browse: Browse, address: str, scheme: str, ground: str, ink: str
) -> None:
    async with browse() as tab:
        await tab.look(width=1280, scheme=scheme)
        await tab.open(address)
        style = "getComputedStyle(document.body)"
        assert await tab.run(f"{style}.backgroundColor") == ground
        assert await tab.run(f"{style}.color") == ink


async def test_paper_is_white_whatever_the_reader_prefers(browse: Browse, address: str) -> None:
    async with browse() as tab:
        await tab.look(width=1280, scheme="dark")
        await tab.send("Emulation.setEmulatedMedia", media="print", features=DARK)
        await tab.open(address)
        ground = "getComputedStyle(document.body).backgroundColor"
        assert await tab.run(ground) == "rgb(255, 255, 255)"
        user = "getComputedStyle(document.querySelector('.saying.user div:last-child'))"
        assert await tab.run(f"{user}.backgroundColor") == "rgb(234, 242, 255)"


DARK = [{"name": "prefers-color-scheme", "value": "dark"}]


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_stands_out_from_its_ground(
    browse: Browse, address: str, scheme: str
) -> None:
    async with browse() as tab:
        await tab.look(width=1280, scheme=scheme)
        await tab.open(address)
        await tab.run("for (const it of document.querySelectorAll('details')) it.open = true")
        assert await tab.run(CONTRAST) == []


CONTRAST = r"""(() => {
  const rgb = (text) => text.match(/[\d.]+/g).map(Number);
  const light = (colour) => rgb(colour).slice(0, 3)
    .map((it) => it / 255).map((it) => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4)
    .reduce((sum, it, at) => sum + it * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (one) => {
    const colour = getComputedStyle(one).backgroundColor;
    return rgb(colour)[3] === 0 && one.parentElement ? ground(one.parentElement) : colour;
  };
  const bad = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.checkVisibility() || one.closest("svg")) continue;
    const both = [light(getComputedStyle(one).color), light(ground(one))].sort((a, b) => b - a);
    if ((both[0] + 0.05) / (both[1] + 0.05) < 4.5) bad.add(`${one.className}: ${one.textContent}`);
  }
  return [...bad];
})()"""


@pytest.mark.parametrize("width", [320, 390, 1280, 1920])
async def test_the_page_is_never_wider_than_its_window(
    browse: Browse, address: str, width: int
) -> None:
    async with browse() as tab:
        await tab.look(width=width)
        await tab.open(address)
        await tab.run("for (const it of document.querySelectorAll('details')) it.open = true")
        await tab.run("new Promise(requestAnimationFrame)")
        assert await tab.run("document.documentElement.scrollWidth") <= width


async def test_pictures_are_seen(browse: Browse, address: str) -> None:
    async with browse() as tab:
        await tab.open(address)
        sizes = await tab.run(
            "[...document.querySelectorAll('.picture use')].map(it => {"
            " const box = it.getBBox(); return [box.width, box.height]; })"
        )
        assert [200, 133] in sizes
        assert len(sizes) == 3


TAB = {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9}


async def test_every_part_can_be_reached_with_the_keyboard(browse: Browse, address: str) -> None:
    async with browse() as tab:
        await tab.open(address)
        reached = []
        for _ in range(9):
            for kind in ("keyDown", "keyUp"):
                await tab.send(
                    "Input.dispatchKeyEvent",
                    type=kind,
                    key="Tab",
                    code="Tab",
                    windowsVirtualKeyCode=9,
                )
            reached.append(await tab.run("document.activeElement.textContent.trim().slice(0, 20)"))
        assert reached[0] == "To the verdict"
        assert "Copy" in reached
        assert "Where the ID is" in reached


async def test_lanes_and_ends_are_on_the_time_axis(browse: Browse, address: str) -> None:
    async with browse() as tab:
        await tab.open(address)
        rows = await tab.run(
            "[...document.querySelectorAll('#c1 .timeline tbody tr')].map(it =>"
            " [it.className, it.querySelector('svg.end').className.baseVal])"
        )
        assert ["lane first", "end cancelled"] in rows
        assert {end for _, end in rows} == {"end done", "end cancelled", "end cut", "end failed"}
