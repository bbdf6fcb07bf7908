"""`samtale diff`: two rulebooks by folder, revision and release, and the cases that flip."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from web.cli import main

PROJECT = Path(__file__).resolve().parents[3]
OLD, NEW = "{in: [5, 6]}", "{in: [4, 5, 6]}"
SENTENCE = "9125 tillader nu også, at deltagelsesstatussen er 4"


def copied(folder: Path) -> Path:
    for name in ("rules", "config"):
        shutil.copytree(PROJECT / name, folder / name)
    cases = folder / "tests" / "cases"
    cases.mkdir(parents=True)
    for name in ("baseline_rehabilitation_team", "rehabilitation-team-participation-status"):
        shutil.copy(PROJECT / "tests" / "cases" / f"{name}.yaml", cases)
    return folder


def edit(folder: Path, old: str = OLD, new: str = NEW) -> None:
    path = folder / "rules" / "registration.yaml"
    text = path.read_text("utf-8")
    assert 1 == text.count(old)
    path.write_text(text.replace(old, new), "utf-8")


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=Analytiker", "-c", "user.email=analyst@example.test"]
    subprocess.run(["git", "-C", folder, *who, *words], check=True, capture_output=True)


def committed(folder: Path) -> Path:
    git(folder, "init", "-q")
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "rules")
    return folder


def diff(folder: Path, *words: str, database: str = "none.db") -> Result:
    return CliRunner().invoke(
        main,
        [
            "diff",
            f"--rules={folder / 'rules'}",
            f"--config={folder / 'config'}",
            f"--cases={folder / 'tests' / 'cases'}",
            f"--database-url=sqlite:///{folder / database}",
            *words,
        ],
    )


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    old, new = copied(tmp_path / "old"), copied(tmp_path / "new")
    edit(new)
    return old, new


def test_two_folders_that_mean_the_same_end_with_0(tmp_path: Path) -> None:
    old, new = copied(tmp_path / "old"), copied(tmp_path / "new")
    edit(
        new,
        "        require: {interview.type: 8}\n",
        "        # another way to write it\n        require:\n          interview.type: 8\n",
    )
    result = diff(new, str(old), str(new))
    assert (0, True) == (result.exit_code, "Ingen forskel" in result.stdout)


def test_a_difference_is_told_in_a_sentence_and_ends_with_1(two: tuple[Path, Path]) -> None:
    result = diff(two[1], *map(str, two))
    assert (1, True) == (result.exit_code, SENTENCE in result.stdout)


def test_the_cases_that_flip_are_named_with_both_answers(two: tuple[Path, Path]) -> None:
    result = diff(two[1], *map(str, two))
    assert "eksempler får et andet svar" in result.stdout
    assert "afvist med 9125 → accepteret" in result.stdout


def test_json_holds_changes_days_and_flips(two: tuple[Path, Path]) -> None:
    found = json.loads(diff(two[1], *map(str, two), "--format=json").stdout)
    (change,) = found["changes"]
    assert ("rule", "require", "9125") == (change["subject"], change["part"], change["key"])
    assert [{"from": "2019-06-01", "until": None}] == change["days"]
    assert found["flips"]
    for flip in found["flips"]:
        assert "9125" in flip["was"]["codes"]
        assert "9125" not in flip["becomes"]["codes"]


def test_a_revision_is_held_against_the_working_folder(tmp_path: Path) -> None:
    folder = committed(copied(tmp_path))
    assert 0 == diff(folder, "git:HEAD").exit_code
    edit(folder)
    for name in ("git:HEAD", "HEAD", "master" if _branch(folder) == "master" else "main"):
        result = diff(folder, name)
        assert (1, True) == (result.exit_code, SENTENCE in result.stdout)


def _branch(folder: Path) -> str:
    asked = ["git", "-C", str(folder), "branch", "--show-current"]
    return subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip()


def test_without_a_name_the_last_commit_is_held_against_the_working_folder(tmp_path: Path) -> None:
    folder = committed(copied(tmp_path))
    edit(folder)
    result = diff(folder)
    assert (1, True) == (result.exit_code, "git:HEAD" in result.stdout)


def test_a_file_that_was_removed_since_is_read_from_the_revision(tmp_path: Path) -> None:
    folder = committed(copied(tmp_path))
    (folder / "rules" / "messages.yaml").unlink()
    result = diff(folder, "HEAD", "--format=json")
    found = json.loads(result.stdout)
    assert {"notice", "file"} <= {each["subject"] for each in found["changes"]}


def test_a_release_and_the_active_one_are_read_from_the_database(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    published = CliRunner().invoke(
        main,
        [
            "publish",
            "--activate",
            "--format=json",
            f"--rules={folder / 'rules'}",
            f"--config={folder / 'config'}",
            f"--cases={folder / 'tests' / 'cases'}",
            f"--database-url=sqlite:///{folder / 'samtale.db'}",
        ],
    )
    rulebook = json.loads(published.stdout)["rulebook"]
    edit(folder)
    for names in ((), ("active",), (rulebook,), (rulebook[:19],), (rulebook[7:19],)):
        result = diff(folder, *names, database="samtale.db")
        assert (1, True) == (result.exit_code, SENTENCE in result.stdout), names


@pytest.mark.parametrize("name", ["no-such-thing", "git:no-such-branch", "--", "sha256:0123456789"])
def test_what_is_no_rulebook_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    folder = committed(copied(tmp_path))
    result = diff(folder, *(["--", "-x"] if name == "--" else [name]))
    assert result.exit_code in (2, 3)
    assert 1 == sum(line.startswith("Error: ") for line in result.stderr.splitlines())
    assert "Traceback" not in result.output


def test_a_folder_without_config_is_refused(tmp_path: Path) -> None:
    folder = copied(tmp_path / "here")
    (tmp_path / "half" / "rules").mkdir(parents=True)
    result = diff(folder, str(tmp_path / "half"))
    assert (2, True) == (result.exit_code, "fandt ingen `config`" in result.stderr)


def test_a_rulebook_that_cannot_be_read_cannot_be_compared(two: tuple[Path, Path]) -> None:
    edit(two[1], NEW, "{in: five}")
    result = diff(two[1], *map(str, two))
    assert (3, True) == (result.exit_code, "kan ikke læses: 1 fejl" in result.stderr)
    result = diff(two[1], *map(str, two), "--language=en")
    assert (3, True) == (result.exit_code, "cannot be read: 1 error" in result.stderr)
    assert "fejl" not in result.output


def test_the_cases_are_those_of_the_new_folder(two: tuple[Path, Path]) -> None:
    result = CliRunner().invoke(main, ["diff", *map(str, two), "--format=json"])
    flips = json.loads(result.stdout)["flips"]
    assert flips
    assert {True} == {f"{two[1]}/tests/cases" in each["file"] for each in flips}


def test_days_are_told_once(two: tuple[Path, Path]) -> None:
    edit(two[1], NEW, OLD)
    path = two[1] / "config" / "parameters.yaml"
    path.write_text(path.read_text("utf-8").replace("value: 120", "value: 90"), "utf-8")
    told = diff(two[1], *map(str, two)).stdout
    assert "• Værdien er nu 90 dage (før 120 dage) – alle dage\n" in told


def test_rules_in_another_order_are_remarked_on(two: tuple[Path, Path]) -> None:
    edit(two[1], NEW, OLD)
    path = two[1] / "rules" / "participants.yaml"
    text = path.read_text("utf-8")
    head, first, rest = _rules(text)
    path.write_text(f"{head}{rest}{first}", "utf-8")
    result = diff(two[1], *map(str, two))
    assert "i en anden rækkefølge" in result.stdout
    assert "Ingen forskel" in result.stdout


def _rules(text: str) -> tuple[str, str, str]:
    """Return what stands before the rules, the first rule, and the other ones."""
    head, _, body = text.partition("\nrules:\n")
    lines = body.splitlines(keepends=True)
    starts = [
        number
        for number, line in enumerate(lines)
        if line.startswith("  ") and not line.startswith("   ") and line.rstrip().endswith(":")
    ]
    second = starts[1]
    return f"{head}\nrules:\n", "".join(lines[:second]), "".join(lines[second:]).rstrip() + "\n"
