"""Moves the constraints and indexes of a new model into the operation that creates it.

    python tools/fold_migrations.py [--check] [file …]        without files: all migrations

`makemigrations` writes them apart where a later model points at the new one, and its own optimiser leaves them so. Each is then one more step
that draws every related model anew: of a hundred and fifty models a fresh database cost half as much again. The tables are the same.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APART = {"AddConstraint": ("constraint", "constraints"), "AddIndex": ("index", "indexes")}


@dataclass(frozen=True)
class Edit:
    start: int
    end: int
    text: str = ""


def folded(source: str) -> str:
    """The text of a migration with what can be moved, moved."""
    calls = [call for call in _operations(ast.parse(source)) if isinstance(call, ast.Call)]
    created = {str(_text(call, "name")).lower(): call for call in calls if _kind(call) == "CreateModel"}
    added = {(str(_text(call, "model_name")).lower(), str(_text(call, "name"))) for call in calls if _kind(call) == "AddField"}
    parts: dict[str, dict[str, list[str]]] = {}
    edits = []
    for call in calls:
        if _kind(call) not in APART:
            continue
        keyword, option = APART[_kind(call)]
        model, body = str(_text(call, "model_name")).lower(), ast.get_source_segment(source, _value(call, keyword)) or ""
        waits = any(name == model and re.search(rf"\b{re.escape(field)}", body) for name, field in added)
        if model in created and not waits:
            parts.setdefault(model, {}).setdefault(option, []).append(body)
            edits.append(_cut(source, call))
    edits += [_insertion(source, created[model], options) for model, options in parts.items()]
    for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
        source = source[: edit.start] + edit.text + source[edit.end :]
    return source


def _operations(tree: ast.Module) -> list[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "operations":
            return node.value.elts if isinstance(node.value, ast.List) else []
    return []


def _kind(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _value(call: ast.Call, keyword: str) -> ast.expr:
    return next(each.value for each in call.keywords if each.arg == keyword)


def _text(call: ast.Call, keyword: str) -> object:
    value = next((each.value for each in call.keywords if each.arg == keyword), None)
    return value.value if isinstance(value, ast.Constant) else None


def _place(source: str, line: int, column: int) -> int:
    """Where in the text a place of the tree is, whose columns count bytes."""
    lines = source.splitlines(keepends=True)
    return sum(map(len, lines[: line - 1])) + len(lines[line - 1].encode()[:column].decode())


def _cut(source: str, call: ast.Call) -> Edit:
    """The whole lines of an operation."""
    start, end = _place(source, call.lineno, 0), _place(source, call.end_lineno or 0, call.end_col_offset or 0)
    return Edit(start, source.index("\n", end) + 1)


def _insertion(source: str, call: ast.Call, options: dict[str, list[str]]) -> Edit:
    written = "".join(f"\n                '{name}': [{', '.join(bodies)}]," for name, bodies in options.items())
    given = next((each.value for each in call.keywords if each.arg == "options"), None)
    if given is not None:
        at = _place(source, given.lineno, given.col_offset) + 1
        return Edit(at, at, written)
    fields = _value(call, "fields")
    at = _place(source, fields.end_lineno or 0, fields.end_col_offset or 0)
    return Edit(at, at, f",\n            options={{{written}\n            }}")


def main(arguments: list[str]) -> int:
    files = [Path(name) for name in arguments if name != "--check"] or sorted((ROOT / "src").rglob("migrations/[0-9]*.py"))
    changed = [(path, text) for path in files if (text := folded(path.read_text(encoding="utf-8"))) != path.read_text(encoding="utf-8")]
    for path, text in changed:
        if "--check" not in arguments:
            path.write_text(text, encoding="utf-8")
        print(f"{path.resolve().relative_to(ROOT)}: constraints or indexes stand apart from their new model")
    return 1 if changed and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
