"""The hook's package, as somebody finds it: packed, in a fresh project, used as its README says."""

import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.lacking import WEB

NAME = "sightline-image-context"

pytestmark = [pytest.mark.web, pytest.mark.needs("node", "packages", what="the page and its hook")]
_INSTALLING = 240.0  # seconds that npm gets
_PATIENCE = 120.0  # seconds that a compiler gets
_DEPENDENCIES = ("react", "react-dom", "@elevenlabs/react")
_TOOLS = ("vite", "typescript", "@types/react", "@types/react-dom")

_MAIN = """\
import { createRoot } from "react-dom/client";
import App from "./App";

createRoot(document.getElementById("root")!).render(<App />);
"""

# Types that cannot be found are `any` under skipLibCheck, and then these would be no errors.
_WRONG = f"""\
import {{ type Options, useImageContext }} from "{NAME}";
import {{ ImageContextCore }} from "{NAME}/core";

// @ts-expect-error
export const options: Options = {{ maxImages: "4" }};
// @ts-expect-error
export const status: number = useImageContext().status;
// @ts-expect-error
export const state: number = new ImageContextCore().state();
"""

_TSCONFIG = {
    "compilerOptions": {
        "target": "ES2022",
        "lib": ["ES2022", "DOM", "DOM.Iterable"],
        "module": "ESNext",
        "moduleResolution": "bundler",
        "jsx": "react-jsx",
        "strict": True,
        "noEmit": True,
        "skipLibCheck": True,
    },
    "include": ["src"],
}

_IMPORTED = f"""\
import {{ useImageContext }} from "{NAME}";
import {{ ImageContextCore }} from "{NAME}/core";
console.log(typeof useImageContext, new ImageContextCore().state().status);
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh project with the packed package in it, and the page of its README as the app."""
    folder = tmp_path_factory.mktemp("project")
    packed = json.loads(_run(["npm", "pack", "--json", "--pack-destination", str(folder)], WEB))
    _write(folder, packed[0]["filename"])
    _install(folder)
    return folder


def test_the_package_holds_esm_types_and_its_readme_and_nothing_else(project: Path) -> None:
    package = project / "node_modules" / NAME
    there = {str(path.relative_to(package)) for path in package.rglob("*") if path.is_file()}
    wanted = {"package.json", "README.md", "LICENSE", "lib/index.js", "lib/index.d.ts"}
    assert wanted <= there
    assert {path.split("/")[0] for path in there - wanted} == {"lib"}
    assert (package / "LICENSE").read_bytes() == (WEB.parent / "LICENSE").read_bytes()


def test_the_readmes_page_is_strictly_typed_and_builds(project: Path) -> None:
    _run(["npx", "--no-install", "tsc"], project)
    _run(["npx", "--no-install", "vite", "build"], project)
    built = "".join(path.read_text() for path in (project / "dist" / "assets").glob("*.js"))
    assert "/associate_context" in built


def test_a_server_can_import_it(project: Path) -> None:
    said = _run(["node", "--input-type=module", "--eval", _IMPORTED], project)
    assert said.split() == ["function", "empty"]


def _write(folder: Path, packed: str) -> None:
    told = json.loads((WEB / "package.json").read_bytes())["devDependencies"]
    dependencies = {name: told[name] for name in _DEPENDENCIES} | {NAME: f"file:{packed}"}
    package = {
        "name": "fresh",
        "private": True,
        "type": "module",
        "dependencies": dependencies,
        "devDependencies": {name: told[name] for name in _TOOLS},
    }
    page = '<div id="root"></div><script type="module" src="/src/main.tsx"></script>\n'
    (folder / "src").mkdir()
    (folder / "package.json").write_text(json.dumps(package))
    (folder / "tsconfig.json").write_text(json.dumps(_TSCONFIG))
    (folder / "index.html").write_text(f"<!doctype html>{page}")
    (folder / "src" / "App.tsx").write_text(_page_of_the_readme())
    (folder / "src" / "main.tsx").write_text(_MAIN)
    (folder / "src" / "wrong.ts").write_text(_WRONG)


def _page_of_the_readme() -> str:
    found = re.search(
        r"^```tsx\n(.*?)^```$", (WEB / "README.md").read_text(), re.DOTALL | re.MULTILINE
    )
    assert found is not None
    return found[1]


def _install(folder: Path) -> None:
    quiet = ("--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund")
    command = ["npm", "install", *quiet]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=_INSTALLING)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = (error.stderr or b"").decode(errors="replace").strip().splitlines()
        why = said[0] if said else str(error)
        pytest.skip(f"npm could not install, so the hook's package is not tried: {why}")


def _run(command: Sequence[str], folder: Path) -> str:
    done = subprocess.run(
        command, check=False, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout
