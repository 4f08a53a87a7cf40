"""Translations without GNU gettext. Run from the repository root.

    python tools/messages.py extract [app …]   collect strings into each app's locale/zh_Hans/LC_MESSAGES/django.po
    python tools/messages.py check   [app …]   every string has a good Chinese translation; nothing Chinese is hard-wired
    python tools/messages.py compile           write the .mo files (ignored by git; the build does it too)

An app's catalogue holds the strings that the app uses and no other catalogue translates. `extract` keeps translations and drops
what is unused.
"""

from __future__ import annotations

import ast
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from babel.messages import pofile
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo

ROOT = Path(__file__).resolve().parent.parent
SRC = ROOT / "src" / "steward"
HOME_OF_STRAYS = "console"  # strings of config and other places that are no app
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = b"""msgid ""
msgstr ""
"Language: zh_Hans\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
HAN = re.compile(r"[\u3400-\u9fff]")
PLACEHOLDER = re.compile(r"%\((\w+)\)[#0\- +]?[\d.]*[a-zA-Z]|%[sdfr]|\{(\w*)\}")
HALF_WIDTH = re.compile(r"[\u3400-\u9fff][,;:?()]|[,;:?()][\u3400-\u9fff]|[\u3400-\u9fff]\.(?:\s|$)")
ATTRIBUTE_CALL = re.compile(r"""_\((['"])((?:(?!\1).)+)\1\)""")
# Chinese in code is data, not a label: names for people in several languages, other words people type, regular expressions.
DATA_CALLS = {"localized", "LocalizedText", "compile"}
DATA_KEYWORDS = {"words", "zh", "aliases", "zh_hans", "synonyms", "pattern"}
DATA_KEYS = {"zh-hans", "zh"}
DATA_FILES = re.compile(r"/(packs|data|migrations)/|/demo(\w*)\.py$|/demo/|steward/science/|/lexicon\w*\.py$")
EXCUSE = "# house: Chinese because"

Key = tuple[str, str]  # context, message id


@dataclass
class Use:
    """One string as the source uses it, with its places."""

    id: str | tuple[str, str]
    context: str = ""
    places: list[tuple[str, int]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    @property
    def key(self) -> Key:
        return self.context, self.id if isinstance(self.id, str) else self.id[0]


@dataclass(frozen=True)
class App:
    label: str
    folder: Path

    @property
    def catalogue(self) -> Path:
        return self.folder / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"


def setup_django() -> None:
    """templatize() reads two settings; no app is loaded."""
    from django.conf import settings

    if not settings.configured:
        settings.configure(USE_I18N=True, TEMPLATES=[])


def apps() -> list[App]:
    return [App(path.parent.name, path.parent) for path in sorted(SRC.rglob("apps.py"))]


def sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(SRC).parts
        if path.suffix in {".py", ".html", ".txt", ".eml", ".svg"} and "migrations" not in inside and "static" not in inside:
            yield path


def used_by_app() -> dict[str, dict[Key, Use]]:
    """Every string of the house, by the app that uses it."""
    found: dict[str, dict[Key, Use]] = {app.label: {} for app in apps()}
    folders = {app.folder: app.label for app in apps()}
    for path in sources(SRC):
        label = next((folders[parent] for parent in path.parents if parent in folders), HOME_OF_STRAYS)
        for use in uses_of(path):
            known = found.setdefault(label, {}).setdefault(use.key, Use(use.id, use.context))
            known.places += use.places
            known.comments += [comment for comment in use.comments if comment not in known.comments]
            if isinstance(use.id, tuple):
                known.id = use.id
    return found


def uses_of(path: Path) -> Iterator[Use]:
    text = path.read_text(encoding="utf-8")
    shown = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
    if path.suffix != ".py":
        text = python_of_template(text, shown)
    source = io.BytesIO(text.encode())
    strings: Any = extract_python(source, KEYWORDS, ["Translators:"], {"encoding": "utf-8"})
    for line, function, messages, comments in strings:
        use = _use(KEYWORDS[function], messages, shown, line, comments)
        if use is not None:
            yield use


def python_of_template(text: str, origin: str) -> str:
    """The strings of a template as Python calls, line by line; attributes of cotton components may hold `_('…')` too."""
    from django.utils.translation.template import templatize

    setup_django()
    lines = templatize(text, origin=origin).splitlines()
    raw = text.splitlines()
    # Indentation means nothing here, and text between tags was replaced by X's that need no syntax: keep the calls only.
    calls = [_calls(line) for line in lines]
    for number, line in enumerate(raw):
        outside = re.sub(r"\{[{%#].*?[}%#]\}", "", line)
        calls_here = [f"_({found.group(0)[2:-1]})" for found in ATTRIBUTE_CALL.finditer(outside)]
        if calls_here and number < len(calls):
            calls[number] = "; ".join([call for call in (calls[number], *calls_here) if call])
    return "\n".join(calls) + "\n"


_STRING = r"""[urb]*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_CALL = re.compile(rf"\b(?:gettext|_|ngettext|pgettext|npgettext)\(\s*{_STRING}(?:\s*,\s*(?:{_STRING}|count))*\s*\)")


def _calls(line: str) -> str:
    return "; ".join(found.group(0) for found in _CALL.finditer(line))


def _use(spec: Any, messages: Any, shown: str, line: int, comments: list[str]) -> Use | None:
    values = list(messages) if isinstance(messages, tuple) else [messages]
    positions = spec or (1,)
    context, ids = "", []
    for position in positions:
        index, is_context = (position[0], True) if isinstance(position, tuple) else (position, False)
        value = values[index - 1] if index <= len(values) else None
        if not isinstance(value, str) or not value:
            return None
        if is_context:
            context = value
        else:
            ids.append(value)
    return Use(ids[0] if len(ids) == 1 else (ids[0], ids[1]), context, [(shown, line)], list(comments))


def read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="zh_Hans")
    with path.open("rb") as file:
        return pofile.read_po(file, locale="zh_Hans")


def key_of(message: Message) -> Key:
    identifier = message.id if isinstance(message.id, str) else message.id[0]
    return message.context or "", identifier


def translated(catalogue: Catalog) -> dict[Key, Message]:
    return {key_of(message): message for message in catalogue if message.id and _filled(message) and not message.fuzzy}


def _filled(message: Message) -> bool:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(strings) and all(strings)


def extract(labels: set[str]) -> None:
    used = used_by_app()
    catalogues = {app.label: read(app.catalogue) for app in apps()}
    translations = {label: translated(catalogue) for label, catalogue in catalogues.items()}
    for app in apps():
        if labels and app.label not in labels:
            continue
        others = {key for label, known in translations.items() if label != app.label for key in known}
        # A string of this catalogue stays while anybody who cannot find it elsewhere uses it.
        wanted = {key: use for label in used for key, use in used[label].items() if label == app.label or key in translations[app.label]}
        mine = {key: use for key, use in wanted.items() if key in translations[app.label] or (key in used[app.label] and key not in others)}
        old = {key_of(message): message for message in catalogues[app.label] if message.id}
        if mine or app.catalogue.exists():
            _write(app, mine, old)
            missing = sum(1 for key in mine if key not in translations[app.label])
            print(f"{app.label}: {len(mine)} strings, {missing} without translation, {len(set(old) - set(mine))} dropped.")


def _write(app: App, uses: dict[Key, Use], old: dict[Key, Message]) -> None:
    catalogue = Catalog(locale="zh_Hans", fuzzy=False)
    for key in sorted(uses):
        use, before = uses[key], old.get(key)
        blank: Any = ("",) if isinstance(use.id, tuple) else ""
        kept = before.string if before is not None and isinstance(before.id, str) == isinstance(use.id, str) else blank
        flags = {"python-format"} if "%(" in str(use.id) else set()
        files = sorted({(place, 0) for place, _ in use.places})
        catalogue.add(use.id, kept, locations=files, flags=flags, context=use.context or None, auto_comments=use.comments)
    app.catalogue.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    pofile.write_po(out, catalogue, width=140, omit_header=True, include_lineno=False)
    temporary = app.catalogue.with_suffix(f".{os.getpid()}.tmp")
    temporary.write_bytes(HEADER + out.getvalue().strip() + b"\n")
    temporary.replace(app.catalogue)


def check(labels: set[str]) -> list[str]:
    """What is wrong, one line each."""
    catalogues = {app.label: (app, read(app.catalogue)) for app in apps()}
    known = {key for _, catalogue in catalogues.values() for key in translated(catalogue)}
    faults: list[str] = []
    for label, uses in used_by_app().items():
        if labels and label not in labels:
            continue
        for key, use in uses.items():
            if key not in known:
                place, line = use.places[0]
                faults.append(
                    f"{place}:{line}: {key[1]!r} has no Chinese translation. Run `tools/messages.py extract {label}` and translate it."
                )
    faults += [fault for label, fault in contradictions(catalogues) if not labels or label in labels]
    for label, (app, catalogue) in catalogues.items():
        if not labels or label in labels:
            faults += [f"{app.catalogue.relative_to(ROOT).as_posix()}: {fault}" for message in catalogue for fault in faults_of(message)]
    for path in sources(SRC):
        label = next((parent.name for parent in path.parents if (parent / "apps.py").exists()), HOME_OF_STRAYS)
        if not labels or label in labels:
            faults += hard_wired(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    return faults


def contradictions(catalogues: dict[str, tuple[App, Catalog]]) -> Iterator[tuple[str, str]]:
    """One string with two translations: Django would show whichever app comes first, everywhere. A context keeps them apart."""
    first: dict[Key, tuple[str, Any]] = {}
    for label, (_app, catalogue) in catalogues.items():
        for key, message in translated(catalogue).items():
            other, string = first.setdefault(key, (label, message.string))
            if string != message.string:
                yield label, f"{label} translates {key[1]!r} as {message.string!r}, {other} as {string!r}: agree, or give one a context."


def faults_of(message: Message) -> Iterator[str]:
    if not message.id:
        return
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if message.fuzzy:
        yield f"{ids[0]!r} is marked fuzzy."
    if not strings or not all(strings):
        yield f"{ids[0]!r} has no translation."
        return
    allowed = [_placeholders(identifier) for identifier in ids]
    for string in strings:
        if _placeholders(string) not in allowed:
            yield f"{ids[0]!r}: the placeholders of {string!r} differ."
        plain = PLACEHOLDER.sub("", string)
        if found := HALF_WIDTH.search(plain):
            yield f"{ids[0]!r}: {found.group(0)!r} in {string!r} needs full-width punctuation."
        if "!" in plain or "！" in plain:
            yield f"{ids[0]!r}: no exclamation marks in {string!r}."
    if any("!" in PLACEHOLDER.sub("", identifier) for identifier in ids):
        yield f"{ids[0]!r}: no exclamation marks."


def _placeholders(text: str) -> list[str]:
    return sorted(found.group(0) for found in PLACEHOLDER.finditer(text))


def hard_wired(text: str, shown: str) -> list[str]:
    """Chinese that people would see and that no translation reaches."""
    if DATA_FILES.search("/" + shown):
        return []
    lines = _python_han(text) if shown.endswith(".py") else _template_han(text)
    advice = "Write an English sentence and translate it, or move it to a pack or a data file."
    return [f"{shown}:{number}: Chinese in the source: {found!r}. {advice}" for number, found in lines]


def _python_han(text: str) -> Iterator[tuple[int, str]]:
    tree, lines = ast.parse(text), text.splitlines()
    quiet: set[int] = set()
    for node in ast.walk(tree):
        quiet.update(id(child) for part in _data_parts(node) for child in ast.walk(part))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or id(node) in quiet:
            continue
        if HAN.search(node.value) and EXCUSE not in lines[node.lineno - 1]:
            yield node.lineno, node.value[:40]


def _data_parts(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value  # a docstring
    elif isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in DATA_CALLS:
            yield from [*node.args, *(keyword.value for keyword in node.keywords)]
        yield from (keyword.value for keyword in node.keywords if keyword.arg in DATA_KEYWORDS)
    elif isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in DATA_KEYS:
                yield value


def _template_han(text: str) -> Iterator[tuple[int, str]]:
    blank = re.compile(r"\{% comment.*?endcomment %\}|\{#.*?#\}|<!--.*?-->", re.DOTALL)
    plain = blank.sub(lambda found: "\n" * found.group(0).count("\n"), text)
    for number, line in enumerate(plain.splitlines(), 1):
        if HAN.search(line):
            yield number, line.strip()[:40]


def compile_all() -> int:
    count = 0
    for app in apps():
        if not app.catalogue.exists():
            continue
        target = app.catalogue.with_suffix(".mo")
        temporary = target.with_suffix(f".{os.getpid()}.tmp")
        with temporary.open("wb") as file:
            write_mo(file, read(app.catalogue))
        temporary.replace(target)
        count += 1
    return count


def main(arguments: Iterable[str]) -> int:
    verb, *rest = [*arguments, ""]
    labels = {label for label in rest if label}
    unknown = labels - {app.label for app in apps()}
    if verb not in {"extract", "check", "compile"} or unknown:
        print(f"No app is called {', '.join(sorted(unknown))}." if unknown else __doc__)
        return 2
    if verb == "extract":
        extract(labels)
        return 0
    if verb == "compile":
        print(f"{compile_all()} catalogues compiled.")
        return 0
    faults = check(labels)
    for fault in faults:
        print(fault)
    print(f"Messages: {len(faults)} faults." if faults else "Messages: complete.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
