"""House rules that ruff, mypy and import-linter cannot see. Run from the repository root: `python tools/house_lint.py [folder …]`.

H1  apps.get_model() that points up or sideways            H5  .save() of a whole row
H2  a string foreign key that points up or sideways        H6  assert False
H3  an import of another app inside a function (a lower    H7  print()
    app's registry in AppConfig.ready() is the exception)
H4  a wall-clock or random read below view, command, job

One line is excused by a reason on it: `# house: H4 because the heartbeat measures real time`.
"""

from __future__ import annotations

import ast
import configparser
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXCUSE = re.compile(r"#\s*house:\s*(H\d)\s+because\s+\S+")
ADVICE = {
    "H1": "Offer a registry in the lower room and register from the upper one.",
    "H2": "Keep a plain id in the lower room, or move the relation up.",
    "H3": "Import at the top of the module; if that makes a circle, the lower room needs a registry.",
    "H4": "Take `at: datetime` or `rng` as an argument; only views, commands and jobs ask steward.ground.clock.",
    "H5": "Use save(update_fields=[…]), a conditional update, or objects.create() for a new row.",
    "H6": "Raise a named error that says what is wrong.",
    "H7": "Use logging, or click.echo in a command.",
}
# Files that stand at the edge of the house and may ask what time it is.
EDGE = re.compile(
    r"(^|/)(views|api|jobs|middleware|context|(worker|cli|clock|serve|command)\w*)\.py$|/management/commands/|/(views|api)/|(^|/)config/"
)
CLOCKS = {
    "datetime": {"now", "utcnow", "today"},
    "timezone": {"now", "localtime", "localdate"},
    "time": {"time", "time_ns"},
    "date": {"today"},
}
BELOW = re.compile(r"(^|/)(operations|queries|policy|facts|measures|events)(\.py$|/)")
RANDOM_OK = {"Random", "SystemRandom"}
SEEDED = {"default_rng", "SeedSequence", "Generator"}
RELATIONS = {"ForeignKey", "OneToOneField", "ManyToManyField", "ParentalKey"}
NOT_A_ROW = re.compile(r"form|session|image|storage|workbook|document", re.IGNORECASE)


@dataclass(frozen=True, order=True)
class Fault:
    path: str
    line: int
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule} {self.message} {ADVICE[self.rule]}"


@dataclass(frozen=True)
class House:
    """Which room stands above which, read from .importlinter. `ranks`: module prefix → layer number, 0 is the top."""

    floors: dict[str, int]
    rooms: dict[str, dict[str, int]]
    labels: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> House:
        parser = configparser.ConfigParser()
        parser.read_string(path.read_text(encoding="utf-8"))
        rooms: dict[str, dict[str, int]] = {}
        labels: dict[str, str] = {}
        for section in parser.sections():
            if not parser.has_option(section, "layers") or section.endswith(":house"):
                continue
            prefix = parser.get(section, "containers", fallback="").strip()
            for name, rank in _layers(parser.get(section, "layers")).items():
                module = f"{prefix}.{name}" if prefix else name
                container, _, label = module.rpartition(".")
                rooms.setdefault(container, {})[label] = rank
                labels[label] = module
        floors = _layers(parser.get("importlinter:contract:house", "layers"))
        labels["console"] = "steward.console"
        return cls(floors, rooms, labels)

    def app_of(self, module: str) -> str:
        """`steward.core.cases.views` → `steward.core.cases`; a floor without rooms is its own app."""
        parts = module.split(".")
        if len(parts) < 2 or parts[0] != "steward":
            return ""
        floor = ".".join(parts[:2])
        known = self.rooms.get(floor)
        return ".".join(parts[:3]) if len(parts) > 2 and known and parts[2] in known else floor

    def may_see(self, source: str, target: str) -> bool:
        """Whether an app may know another one: itself, or one that lies lower; siblings may not."""
        if source == target or source.startswith("steward.config"):
            return True
        above, below = source.rpartition("."), target.rpartition(".")
        if above[0] == below[0] and above[0] in self.rooms:
            ranks = self.rooms[above[0]]
            return ranks.get(above[2], 0) < ranks.get(below[2], 0)
        return self._floor(source) < self._floor(target)

    def _floor(self, app: str) -> int:
        return self.floors.get(".".join(app.split(".")[:2]), -1)


def _layers(text: str) -> dict[str, int]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return {name.strip(" ()"): rank for rank, line in enumerate(lines) for name in line.split("|")}


class Checker(ast.NodeVisitor):
    """Walks one module. `module` is its dotted name, `shown` the path that faults carry."""

    def __init__(self, house: House, module: str, shown: str, lines: list[str], *, package: bool) -> None:
        self.house, self.module, self.shown, self.lines = house, module, shown, lines
        self.app = house.app_of(module)
        self.package = module if package else module.rpartition(".")[0]
        self.depth = 0
        self.ready = 0
        self.edge = bool(EDGE.search(shown)) or shown.endswith("ground/clock.py")
        self.below = bool(BELOW.search(shown))
        self.faults: list[Fault] = []

    def fault(self, node: ast.AST, rule: str, message: str) -> None:
        line: int = getattr(node, "lineno", 1)
        last: int = getattr(node, "end_lineno", line) or line
        excuses = {found.group(1) for text in self.lines[line - 1 : last] for found in EXCUSE.finditer(text)}
        if rule not in excuses:
            self.faults.append(Fault(self.shown, line, rule, message))

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        registers = node.name == "ready" and self.shown.endswith("/apps.py")
        self.depth += 1
        self.ready += registers
        self.generic_visit(node)
        self.ready -= registers
        self.depth -= 1

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._local_import(node, alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = node.module or ""
        if node.level:
            parts = self.package.split(".")
            parts = parts[: len(parts) - node.level + 1]
            base = ".".join([*parts, base]) if base else ".".join(parts)
        for alias in node.names:
            self._local_import(node, f"{base}.{alias.name}")

    def _local_import(self, node: ast.AST, target: str) -> None:
        if not self.depth or not target.startswith("steward.") or self.app == "steward.config":
            return
        other = self.house.app_of(target)
        registers = self.ready and self.house.may_see(self.app, other)
        if other and other != self.app and not registers:
            self.fault(node, "H3", f"{other} is imported inside a function of {self.app}.")

    def visit_Assert(self, node: ast.Assert) -> None:
        if isinstance(node.test, ast.Constant) and not node.test.value:
            self.fault(node, "H6", "assert False disappears under python -O.")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name, owner = _called(node.func)
        if name == "get_model":
            self._model_reference(node, "H1", _first_text(node, "app_label"))
        elif name in RELATIONS:
            self._model_reference(node, "H2", _first_text(node, "to"))
        elif name == "save" and owner is not None:
            self._save(node, owner)
        elif name == "print" and owner is None:
            self.fault(node, "H7", "print() in the house.")
        if name and owner:
            self._clock(node, name, owner)
        self.generic_visit(node)

    def _model_reference(self, node: ast.Call, rule: str, text: str) -> None:
        label = text.split(".")[0] if rule == "H1" or "." in text else ""
        target = self.house.labels.get(label)
        if target and not self.house.may_see(self.app, target):
            self.fault(node, rule, f"{self.app} reaches up or sideways to {text!r} ({target}).")

    def _save(self, node: ast.Call, owner: str) -> None:
        given = {keyword.arg for keyword in node.keywords}
        whole = not node.args and not given & {"update_fields", "force_insert", None}
        if whole and not owner.startswith("super") and not NOT_A_ROW.search(owner):
            self.fault(node, "H5", f"{owner}.save() writes every column and undoes what others changed.")

    def _clock(self, node: ast.Call, name: str, owner: str) -> None:
        last = owner.rpartition(".")[2]
        if last == "random" and name not in RANDOM_OK and not (name in SEEDED and (node.args or node.keywords)) and not self.edge:
            self.fault(node, "H4", f"{owner}.{name}() draws from the process-wide random source.")
        elif name in CLOCKS.get(last, ()) and not self.edge:
            self.fault(node, "H4", f"{owner}.{name}() reads the wall clock.")
        elif owner == "clock" and name == "now" and self.below:
            self.fault(node, "H4", "clock.now() is read below the view.")


def _called(func: ast.expr) -> tuple[str, str | None]:
    """The called name and the dotted text before it: `models.ForeignKey` → ("ForeignKey", "models")."""
    if isinstance(func, ast.Name):
        return func.id, None
    if isinstance(func, ast.Attribute):
        return func.attr, ast.unparse(func.value)
    return "", None


def _first_text(node: ast.Call, keyword: str) -> str:
    values = [*node.args[:1], *(given.value for given in node.keywords if given.arg == keyword)]
    return next((value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)), "")


def check_source(source: str, module: str, shown: str, house: House, *, package: bool = False) -> list[Fault]:
    checker = Checker(house, module, shown, source.splitlines(), package=package)
    checker.visit(ast.parse(source, filename=shown))
    return sorted(checker.faults)


def check_tree(src: Path, house: House) -> Iterator[Fault]:
    for path in sorted(src.rglob("*.py")):
        if "migrations" in path.parts:
            continue
        inside = ROOT / "src" if path.is_relative_to(ROOT / "src") else src.parent
        parts = path.relative_to(inside).with_suffix("").parts
        package = parts[-1] == "__init__"
        module = ".".join(parts[:-1] if package else parts)
        shown = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.as_posix()
        yield from check_source(path.read_text(encoding="utf-8"), module, shown, house, package=package)


def main(arguments: Iterable[str]) -> int:
    house = House.read(ROOT / ".importlinter")
    folders = [Path(argument).resolve() for argument in arguments] or [ROOT / "src" / "steward"]
    faults = [fault for folder in folders for fault in check_tree(folder, house)]
    for fault in faults:
        print(fault)
    print(f"House rules: {len(faults)} faults." if faults else "House rules: kept.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
