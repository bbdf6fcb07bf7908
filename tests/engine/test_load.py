"""Folders → `Rulebook`, the only step that touches the file system."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.problems import RulebookError
from engine.reader.load import load_rulebook, read_folders
from tests.engine.rulebook_changes import RULEBOOKS, good_files


def _written(folder: Path) -> tuple[Path, Path]:
    for name, content in good_files().items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    return folder / "rules", folder / "config"


def test_a_good_rulebook_is_loaded_from_its_folders() -> None:
    rulebook = load_rulebook(RULEBOOKS / "good" / "rules", RULEBOOKS / "good" / "config")
    assert ("doors", "lending", "letters") == tuple(file.name for file in rulebook.files)


def test_every_problem_of_a_bad_rulebook_is_raised_at_once(tmp_path: Path) -> None:
    rules, config = _written(tmp_path)
    (rules / "lending.yaml").write_text("format: 1\nrules: {}\n")
    (config / "parameters.yaml").write_text("format: 2\n")
    with pytest.raises(RulebookError) as raised:
        load_rulebook(rules, config)
    files = {problem.place.file for problem in raised.value.problems}
    assert {"rules/lending.yaml", "config/parameters.yaml"} <= files


def test_files_are_named_after_their_role_and_not_after_the_machine(tmp_path: Path) -> None:
    rules, config = _written(tmp_path)
    assert set(good_files()) == set(read_folders(rules.rename(tmp_path / "other"), config))


def test_editors_files_and_other_kinds_of_files_are_left_out(tmp_path: Path) -> None:
    rules, config = _written(tmp_path)
    (rules / ".#lending.yaml").write_text("half written")
    (rules / "CHANGELOG.md").write_text("# Changes")
    assert set(good_files()) == set(read_folders(rules, config))


def test_a_file_with_the_short_ending_is_refused_and_not_overlooked(tmp_path: Path) -> None:
    rules, config = _written(tmp_path)
    (rules / "more.yml").write_text("format: 1\n")
    with pytest.raises(RulebookError) as raised:
        load_rulebook(rules, config)
    assert ["unknown-file"] == [problem.code for problem in raised.value.problems]


def test_missing_folders_are_named_together(tmp_path: Path) -> None:
    with pytest.raises(RulebookError) as raised:
        read_folders(tmp_path / "rules", tmp_path / "config")
    assert ["config:1:1", "rules:1:1"] == [str(each.place) for each in raised.value.problems]
    assert "missing-folder" == raised.value.problems[0].code


def test_a_file_that_cannot_be_read_is_a_problem_with_its_name(tmp_path: Path) -> None:
    rules, config = _written(tmp_path)
    (rules / "folder.yaml").mkdir()
    with pytest.raises(RulebookError) as raised:
        read_folders(rules, config)
    (problem,) = raised.value.problems
    assert "unreadable-file" == problem.code
    assert "rules/folder.yaml:1:1" == str(problem.place)
    assert str(tmp_path) not in problem.message
