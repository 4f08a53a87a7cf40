"""An archive that climbs out of its folder, or brings a link, is refused whole."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from steward.console.archive import ArchiveError, unpack


@pytest.mark.parametrize("name", ["../escaped.txt", "/tmp/escaped.txt", "files/../../escaped.txt"])
def test_a_member_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    archive = tmp_path / "evil.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo(name)
        member.size = 4
        tar.addfile(member, io.BytesIO(b"evil"))
    target = tmp_path / "target"
    target.mkdir()
    with pytest.raises(ArchiveError, match="not a plain file below it"):
        unpack(archive, target)
    assert not (tmp_path / "escaped.txt").exists()


def test_a_link_is_refused(tmp_path: Path) -> None:
    archive = tmp_path / "link.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("files/secret")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(member)
    with pytest.raises(ArchiveError, match="not a plain file"):
        unpack(archive, tmp_path)
