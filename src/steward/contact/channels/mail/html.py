"""HTML mails as plain text: cleaned by the house's sanitiser first, then read tag by tag. Nothing is fetched, nothing is run."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import nh3

LONGEST = 1_500_000
DEEPEST = 400  # of nested elements; a tree of more is no letter, and is read without its tags
_TAGS = {
    "a", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "li", "ol",
    "p", "pre", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_BREAKS = {"p", "div", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "dt", "dd", "table", "tr", "li", "pre"}
_OPEN = re.compile(r"<[a-zA-Z]")
_ANY = re.compile(r"<[^>]{0,2000}>?")


def to_text(html: str) -> str:
    """The words of an HTML mail with their line breaks; links keep their address, pictures their description, quotes a mark before each line."""
    html = html[:LONGEST]
    if _depth(html) > DEEPEST:
        return _tidy(_ANY.sub(" ", html))
    safe = nh3.clean(
        html, tags=_TAGS, attributes={"a": {"href"}, "img": {"alt", "src"}}, url_schemes={"http", "https", "mailto", "cid"}, link_rel=None
    )
    reader = _Reader()
    reader.feed(safe)
    reader.close()
    return _tidy("".join(reader.words))


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._quotes = 0
        self._pre = 0
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag in _BREAKS:
            self._line()
        if tag == "blockquote":
            self._quotes += 1
            self._line()
        elif tag == "pre":
            self._pre += 1
        elif tag == "br":
            self.words.append("\n" + "> " * min(self._quotes, 5))
        elif tag == "hr":
            self._line()
            self.words.append("--------")
            self._line()
        elif tag == "li":
            self.words.append("- ")
        elif tag == "a":
            self._links.append((str(found.get("href") or ""), len(self.words)))
        elif tag == "img" and (found.get("alt") or str(found.get("src") or "").startswith("cid:")):
            self.words.append(f"[{found.get('alt') or found.get('src')}]")

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self._quotes = max(0, self._quotes - 1)
        elif tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag in ("td", "th"):
            self.words.append(" ")
        elif tag == "a" and self._links:
            address, start = self._links.pop()
            said = "".join(self.words[start:]).strip()
            if address.startswith("http") and address.rstrip("/") not in (
                said.rstrip("/"),
                f"http://{said}".rstrip("/"),
                f"https://{said}".rstrip("/"),
            ):
                self.words.append(f" ({address[:500]})")
        if tag in _BREAKS:
            self._line()

    def handle_data(self, data: str) -> None:
        if self._pre:
            self.words.append(data.replace("\n", "\n" + "> " * min(self._quotes, 5)))
            return
        words = re.sub(r"[ \t\r\n\f]+", " ", data)
        if words != " " or (self.words and not self.words[-1].endswith(("\n", " ", "> "))):
            self.words.append(words)

    def _line(self) -> None:
        self.words.append("\n" + "> " * min(self._quotes, 5))


def _depth(html: str) -> int:
    """How many elements stand open at most, roughly: opening tags minus closing ones."""
    depth = deepest = 0
    for found in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)", html):
        if found[2].lower() in ("br", "img", "hr", "meta", "input", "link", "p", "li", "td", "tr", "col", "wbr"):
            continue
        depth += -1 if found[1] else 1
        deepest = max(deepest, depth)
        depth = max(depth, 0)
    return deepest


def _tidy(text: str) -> str:
    lines = [re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in text.split("\n")]
    kept: list[str] = []
    for line in lines:
        bare = line.strip("> ")
        if bare or (kept and kept[-1].strip("> ")):
            kept.append(line if bare else "")
    return "\n".join(kept).strip()
