"""The demo's own configuration: a copy of what is there, with what its parts need."""

from pathlib import Path

import pytest

from cli.demo.settings import ENVIRONMENT, IN_BAND, write_config, write_for_page
from contract.config import Config, Store, load

ROOT = Path(__file__).parent.parent.parent.parent
MODEL, PLATFORM = "http://127.0.0.1:4001", "http://127.0.0.1:4002"


def settled(folder: Path, text: str | None, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Config]:
    """Return the demo's configuration, its text first, in a folder with this config.yaml."""
    monkeypatch.chdir(folder)
    if text is not None:
        Path("config.yaml").write_text(text)
    out = folder / "out"
    out.mkdir()
    path = write_config(out, MODEL)
    assert load(path, ENVIRONMENT).conversation_id == ()
    write_for_page(path, PLATFORM)
    return path.read_text(), load(path, ENVIRONMENT)


def comments(text: str) -> list[str]:
    """Return the comments of a configuration, in their order."""
    return [said for line in text.splitlines() if (said := line.partition("# ")[2])]


def is_good(config: Config) -> None:
    injector = config.injector
    assert injector.upstream.base_url == f"{MODEL}/v1"
    assert injector.images.store == Store("memory", "")
    assert injector.images.in_band == IN_BAND
    assert injector.page.enabled
    assert injector.page.rehearsal == PLATFORM


def test_the_repositorys_own_configuration_keeps_its_comments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = (ROOT / "config.yaml").read_text()
    text, config = settled(tmp_path, ours, monkeypatch)
    is_good(config)
    assert comments(text) == comments(ours)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "injector: {images: {ttl: 1h}}\n",
        "injector: {upstream: {base_url: 'https://a.example/v1', model: null}}\n",
        "injector:\n  upstream:\n    base_url: ${SIDE:-https://a.example/v1}  # the model's side\n",
        "injector: {page: {enabled: false, rehearsal: null}}\n",
        "injector: {page: {rehearsal: 'http://127.0.0.1:1'}, images: {store: 'memory:'}}\n",
        "injector: {images: {store: 'redis://user:secret@127.0.0.1:1/0'}}\n",
        "nobody: knows this\n",
    ],
)
def test_whatever_somebody_has_in_theirs_the_parts_get_what_they_need(
    text: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_good(settled(tmp_path, text, monkeypatch)[1])


def test_what_does_not_matter_here_stays_as_somebody_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = (ROOT / "config.yaml").read_text().replace("detail: high", "detail: low")
    assert settled(tmp_path, theirs, monkeypatch)[1].injector.images.detail == "low"


def test_places_of_the_id_that_were_found_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "found.yaml"
    for text in ("conversation_id: [$request.header.x-mine]\n", (ROOT / "config.yaml").read_text()):
        path.write_text(text)
        before = load(path, ENVIRONMENT).conversation_id
        write_for_page(path, PLATFORM)
        assert load(path, ENVIRONMENT).conversation_id == before != ()


def test_the_page_puts_a_picture_where_the_endpoint_looks() -> None:
    assert IN_BAND.expression == "$request.body#/elevenlabs_extra_body/temporaryId"
