"""The part of docs/pictures.md that a run writes, between two marks."""

from pathlib import Path
from typing import Any

from bench.pictures.tables import tables
from bench.relay.page import between
from bench.relay.tables import markdown

PAGE = Path(__file__).parents[2] / "docs" / "pictures.md"


def write(run: dict[str, Any], page: Path) -> None:
    """Write what a run found into a page, which has the marks already."""
    page.write_text(between(page.read_text(encoding="utf-8"), generated(run)), encoding="utf-8")


def generated(run: dict[str, Any]) -> str:
    """Return what a run found, as Markdown."""
    parts = [markdown(table) for table in tables(run)]
    about = run["about"]
    versions = ", ".join(f"{name} {version}" for name, version in about["ours"].items())
    parts.append(
        f"Memory of the endpoint's own process during uploads: at most "
        f"{run['during']['memory_mb']:.0f} MB.\n"
    )
    parts.append(
        f"{about['processor']}, {about['cores']} cores; Python {about['python']}, {versions}, "
        f"commit {about['commit'] or 'unknown'}; {about['day']}: `make bench-pictures`.\n"
    )
    return "\n".join(parts)
