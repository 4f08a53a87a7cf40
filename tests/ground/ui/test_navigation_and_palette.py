"""Each person sees the entries they may use; duplicates refuse to start; every registered address exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import translation

from steward.ground.ui import assets, checks, navigation, palette
from steward.ground.ui.navigation import DuplicateEntry, NavEntry, links_for, may_use, phone_links, register
from steward.ground.ui.place import Place


@dataclass
class Access:
    codes: frozenset[str]

    def has(self, code: str) -> bool:
        return code in self.codes


@dataclass
class Person:
    access: Access
    is_authenticated: bool = True


@pytest.fixture
def empty_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(navigation, "_entries", {})
    monkeypatch.setattr(palette, "_commands", {})
    monkeypatch.setattr(palette, "_providers", {})


def test_entries_follow_capabilities(empty_registry: None) -> None:
    register(NavEntry("open", "Open", "ui:preferences", "user", 10))
    register(NavEntry("audit", "Audit", "ui:gallery", "user", 20, capability="access.audit"))
    assert [link.key for link in links_for(Person(Access(frozenset())))] == ["open"]
    assert [link.key for link in links_for(Person(Access(frozenset({"access.audit"}))))] == ["open", "audit"]
    assert links_for(AnonymousUser()) == ()
    assert links_for(None) == ()


def test_what_stands_under_an_entry_marks_it_and_stays_in_the_palette(empty_registry: None) -> None:
    register(NavEntry("open", "Open", "ui:preferences", "user", 10))
    register(NavEntry("tab", "Tab", "ui:gallery", "user", 20, under="open"))
    reader = Person(Access(frozenset()))
    (only,) = links_for(reader, path="/gallery/", current="tab")
    assert (only.key, only.active) == ("open", True)
    assert [link.key for link in links_for(reader, with_tabs=True)] == ["open", "tab"]
    register(NavEntry("closed", "Closed", "ui:gallery", "user", 30, capability="access.audit"))
    register(NavEntry("left", "Left", "ui:gallery", "user", 40, under="closed"))
    assert [link.key for link in links_for(reader)] == ["open", "left"], "what one may use is reached without what one may not"


def test_may_use_needs_somebody_signed_in() -> None:
    assert not may_use(None, "")
    assert not may_use(AnonymousUser(), "")
    assert may_use(Person(Access(frozenset())), "")
    assert not may_use(Person(Access(frozenset())), "x.y")


def test_duplicates_refuse(empty_registry: None) -> None:
    register(NavEntry("a", "A", "ui:gallery", "user", 10, shortcut="a"))
    with pytest.raises(DuplicateEntry, match="registered twice"):
        register(NavEntry("a", "A", "ui:gallery", "user", 10))
    with pytest.raises(DuplicateEntry, match="g a"):
        register(NavEntry("b", "B", "ui:gallery", "user", 10, shortcut="a"))
    with pytest.raises(ValueError, match="one letter"):
        register(NavEntry("c", "C", "ui:gallery", "user", 10, shortcut="ab"))
    palette.register_command(palette.PaletteCommand("x", "X", "ui:gallery"))
    with pytest.raises(DuplicateEntry):
        palette.register_command(palette.PaletteCommand("x", "X", "ui:gallery"))


def test_the_longest_matching_address_is_active_and_labels_speak_the_trade(empty_registry: None) -> None:
    register(NavEntry("gallery", "Gallery", "ui:gallery", "user", 10, phone=True))
    register(NavEntry("rows", "{Customer_many}", "ui:gallery_rows", "user", 20, phone=True))
    with translation.override("en"):
        links = links_for(Person(Access(frozenset())), path="/gallery/rows/", place=Place(industry="clinic"))
    assert [(link.key, link.active) for link in links] == [("gallery", False), ("rows", True)]
    assert links[1].label == "Patients"
    assert [link.key for link in links_for(Person(Access(frozenset())), path="/x/", current="gallery") if link.active] == ["gallery"]
    assert len(phone_links(links)) == 2


def test_the_phone_bar_holds_four(empty_registry: None) -> None:
    for index in range(6):
        register(NavEntry(f"n{index}", "N", "ui:gallery", "user", index, phone=True))
    assert [link.key for link in phone_links(links_for(Person(Access(frozenset()))))] == ["n0", "n1", "n2", "n3"]


def test_every_registered_address_exists() -> None:
    assert checks.registered_addresses(None) == []


def test_every_registered_icon_is_in_the_sprite() -> None:
    sprite = assets.icon_names()
    if not sprite:
        pytest.skip("the browser assets are not built; run python hatch_build.py")
    named = {entry.icon for entry in navigation.entries()} | {command.icon for command in palette.commands()}
    assert named <= sprite


@pytest.mark.django_db
def test_the_palette_lists_places_commands_and_results(empty_registry: None, signed_in: Any) -> None:
    register(NavEntry("gallery", "Gallery place", "ui:gallery", "user", 10, shortcut="z"))
    palette.register_command(palette.PaletteCommand("take", "Take a case", "ui:gallery", words="shouli 受理"))
    palette.register_command(palette.PaletteCommand("secret", "Secret", "ui:gallery", capability="no.such"))
    palette.register_provider("cases", lambda request, query: [palette.PaletteHit(f"<{query}>", "/c/")] * 20, title="Cases")
    client: Client = signed_in("front_line")
    everything = client.get("/palette/").content.decode()
    assert "Gallery place" in everything
    assert "Take a case" in everything
    assert "Secret" not in everything
    found = client.get("/palette/", {"q": "受理"}).content.decode()
    assert "Take a case" in found
    assert "Gallery place" not in found
    assert found.count("&lt;受理&gt;") == palette.LIMIT


@pytest.mark.django_db
def test_the_palette_is_for_staff(client: Client) -> None:
    assert client.get("/palette/").status_code == 302
