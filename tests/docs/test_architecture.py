"""The diagram on the architecture page is the house that stands."""

import ast
import re
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("capture", "cli", "contract", "injector", "rehearsal")


def drawn() -> set[tuple[str, str]]:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    diagram = re.search(r"```mermaid\ngraph TD\n(.*?)```", page, re.DOTALL)
    assert diagram is not None
    return set(re.findall(r"(\w+) --> (\w+)", diagram.group(1)))


def built() -> set[tuple[str, str]]:
    graph = grimp.build_graph(*ROOMS, cache_dir=None)
    arrows = {
        (module.partition(".")[0], imported.partition(".")[0])
        for module in graph.modules
        for imported in graph.find_modules_directly_imported_by(module)
    }
    for script in (ROOT / "addons").glob("*.py"):
        for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                arrows.add(("addons", node.module.partition(".")[0]))
    return {(above, below) for above, below in arrows if above != below and below in ROOMS}


def test_every_arrow_is_an_import_and_every_import_an_arrow() -> None:
    assert drawn() == built()


def test_files_that_the_page_names_are_there() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:\w+/)+\w+\.(?:py|yaml)\b", page))
    assert named
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_every_room_is_on_the_map_of_its_package() -> None:
    for room in ROOMS:
        text = ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text()))
        assert text
        modules = {
            path.stem if path.is_file() else path.name
            for path in (ROOT / room).iterdir()
            if (path.suffix == ".py" or (path / "__init__.py").is_file())
            and path.name != "__init__.py"
        }
        missing = {name for name in modules if not re.search(rf"\b{name}\b", text)}
        assert not missing, f"{room}/__init__.py does not name {missing}"
