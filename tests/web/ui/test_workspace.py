"""The safe writer: nothing outside the folders, nothing half, nobody else's change lost."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from web.ui.editing.workspace import (
    MOST_BYTES,
    ChangedMeanwhile,
    Exists,
    Missing,
    NotAllowed,
    TooLarge,
    Workspace,
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name in ("rules", "config", "cases"):
        (tmp_path / name).mkdir()
    (tmp_path / "rules" / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    (tmp_path / "secret.yaml").write_text("secret: 1\n", encoding="utf-8")
    return Workspace(tmp_path / "rules", tmp_path / "config", tmp_path / "cases")


HOSTILE = [
    "",
    "a.yaml",
    "/etc/passwd",
    "rules",
    "rules/",
    "rules/.yaml",
    "rules/.hidden.yaml",
    "rules/../secret.yaml",
    "rules/./a.yaml",
    "rules//a.yaml",
    "rules/a.yaml/",
    "rules/a.yaml\0",
    "rules/a.yaml\n",
    "rules\\a.yaml",
    "rules/%2e%2e/secret.yaml",
    "rules/a.yml",
    "rules/a.py",
    "rules/A.yaml",
    "rules/ａ.yaml",
    "rules/" + "a" * 65 + ".yaml",
    "rules/b/c/d/e/f.yaml",
    "tests/a.yaml",
    "tests/cases/../../secret.yaml",
    "~/a.yaml",
    "file:rules/a.yaml",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_leads_out_of_the_folders(workspace: Workspace, name: str) -> None:
    with pytest.raises(NotAllowed):
        workspace.read(name)
    with pytest.raises(NotAllowed):
        workspace.write(name, "x: 1\n", "")
    with pytest.raises(NotAllowed):
        workspace.create(name, "x: 1\n")


def test_a_linked_file_is_neither_read_nor_written_nor_listed(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "rules" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(NotAllowed):
        workspace.read("rules/link.yaml")
    with pytest.raises(NotAllowed):
        workspace.write("rules/link.yaml", "x: 1\n", "")
    assert "rules/link.yaml" not in workspace.names()
    assert "secret: 1\n" == (tmp_path / "secret.yaml").read_text(encoding="utf-8")


def test_a_linked_folder_is_not_entered(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "rules" / "sub").symlink_to(tmp_path)
    with pytest.raises(NotAllowed):
        workspace.read("rules/sub/secret.yaml")
    with pytest.raises(NotAllowed):
        workspace.create("rules/sub/new.yaml", "x: 1\n")
    assert not (tmp_path / "new.yaml").exists()


def test_a_pipe_is_no_file(workspace: Workspace, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "rules" / "pipe.yaml")
    assert "rules/pipe.yaml" not in workspace.names()


def test_a_file_is_replaced_whole_with_the_rights_it_had(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = tmp_path / "rules" / "a.yaml"
    path.chmod(0o640)
    stored = workspace.read("rules/a.yaml")
    written = workspace.write("rules/a.yaml", "b: 2\n", stored.etag)
    assert "b: 2\n" == path.read_text(encoding="utf-8")
    assert 0o640 == path.stat().st_mode & 0o777
    assert written == workspace.read("rules/a.yaml")
    assert ["a.yaml"] == [each.name for each in path.parent.iterdir()]


def test_a_file_that_changed_meanwhile_is_left_as_it_is(
    workspace: Workspace, tmp_path: Path
) -> None:
    stored = workspace.read("rules/a.yaml")
    path = tmp_path / "rules" / "a.yaml"
    path.write_text("theirs: 1\n", encoding="utf-8")
    with pytest.raises(ChangedMeanwhile):
        workspace.write("rules/a.yaml", "mine: 1\n", stored.etag)
    assert "theirs: 1\n" == path.read_text(encoding="utf-8")


def test_of_many_savers_of_one_opened_file_exactly_one_succeeds(workspace: Workspace) -> None:
    etag = workspace.read("rules/a.yaml").etag
    saved: list[int] = []
    refused: list[int] = []
    start = threading.Barrier(8)

    def save(number: int) -> None:
        start.wait()
        try:
            workspace.write("rules/a.yaml", f"by: {number}\n", etag)
            saved.append(number)
        except ChangedMeanwhile:
            refused.append(number)

    savers = [threading.Thread(target=save, args=(number,)) for number in range(8)]
    for each in savers:
        each.start()
    for each in savers:
        each.join()
    assert (1, 7) == (len(saved), len(refused))
    assert f"by: {saved[0]}\n" == workspace.read("rules/a.yaml").text


def test_a_new_file_never_takes_the_place_of_an_old_one(
    workspace: Workspace, tmp_path: Path
) -> None:
    workspace.create("tests/cases/new.yaml", "a: 1\n")
    with pytest.raises(Exists):
        workspace.create("tests/cases/new.yaml", "b: 2\n")
    assert "a: 1\n" == (tmp_path / "cases" / "new.yaml").read_text(encoding="utf-8")
    assert ["new.yaml"] == [each.name for each in (tmp_path / "cases").iterdir()]


def test_a_dangling_link_is_no_place_for_a_new_file(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "cases" / "new.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(Exists):
        workspace.create("tests/cases/new.yaml", "a: 1\n")
    assert not (tmp_path / "elsewhere.yaml").exists()


def test_too_large_a_text_is_refused_both_ways(workspace: Workspace, tmp_path: Path) -> None:
    stored = workspace.read("rules/a.yaml")
    with pytest.raises(TooLarge):
        workspace.write("rules/a.yaml", "x" * (MOST_BYTES + 1), stored.etag)
    (tmp_path / "rules" / "big.yaml").write_bytes(b"x" * (MOST_BYTES + 1))
    with pytest.raises(TooLarge):
        workspace.read("rules/big.yaml")


def test_what_is_not_there_is_missing(workspace: Workspace) -> None:
    with pytest.raises(Missing):
        workspace.read("rules/b.yaml")
    with pytest.raises(Missing):
        workspace.write("rules/b.yaml", "x: 1\n", "")
