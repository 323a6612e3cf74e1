"""What the page on security shows can be pasted, and does what it says."""

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from contract.config import Browser, Config
from contract.errors import TicketRefused
from injector.app import create_app
from injector.rights import rate, signature, ticket

PAGE = (Path(__file__).parent.parent.parent / "docs" / "security.md").read_text(encoding="utf-8")
SECRET = "5f0c3a"


def block(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def said(*command: str) -> str:
    environment = {**os.environ, "SIGHTLINE_TICKET_SECRET": SECRET}
    ran = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return ran.stdout.strip()


def in_python(folder: Path) -> str:
    file = folder / "ticket.py"
    file.write_text(block("python") + '\nprint(ticket("user-17"))\n', encoding="utf-8")
    return said(sys.executable, str(file))


def in_node(folder: Path) -> str:
    if shutil.which("node") is None:
        pytest.skip("node is not here")
    file = folder / "ticket.mjs"
    file.write_text(block("javascript") + '\nconsole.log(ticket("user-17"));\n', encoding="utf-8")
    return said("node", str(file))


@pytest.mark.parametrize("make", [in_python, in_node])
def test_a_ticket_that_is_made_as_the_page_shows_is_good(make: object, tmp_path: Path) -> None:
    assert callable(make)
    made, now = make(tmp_path), time.time()
    assert ticket.holder_of(made, SECRET, now) == "user-17"
    with pytest.raises(TicketRefused, match="over"):
        ticket.holder_of(made, SECRET, now + 601)


def test_the_page_says_what_the_code_does() -> None:
    injector = Config().injector
    for told in (
        f"`{ticket.HEADER}`",
        f"more than {ticket.LONGEST // 3600} hours ahead",
        f"`{signature.HEADER}: t=<unix>,v0=<hex>`",
        f"good for {signature.TOLERANCE // 60} minutes before and after",
        f"({rate.MOST:,} for each kind)",
        f"`injector.browser.uploads` ({Browser().uploads})",
        f"`injector.browser.associations` ({Browser().associations})",
        f"by default {injector.images.ttl / 60 * injector.browser.uploads:,.0f} pictures",
    ):
        assert told in PAGE


def test_every_route_is_in_the_table() -> None:
    table = re.sub(r"\{.*?\}", "", PAGE.partition("| route |")[2].partition("\n\n")[0])
    for route in create_app(Config()).router.routes():
        assert route.resource is not None
        path = re.sub(r"\{.*?\}+", "", route.resource.canonical).strip("/")
        assert path in table, f"{route.method} {path}"


def test_every_link_inside_the_page_leads_somewhere() -> None:
    heads = re.findall(r"(?m)^## (.*)$", PAGE)
    names = {re.sub(r"[^\w -]", "", head).lower().replace(" ", "-") for head in heads}
    assert set(re.findall(r"\(#([\w-]+)\)", PAGE)) <= names
    assert len(heads) >= 10
