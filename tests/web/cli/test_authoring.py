"""`samtale coverage`, `fmt`, `new-rule` and `completion`, as an analyst uses them."""

from __future__ import annotations

import json
import os
import pty
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from web.cli import READERS, main
from web.cli.whole_files import replace_files

PROJECT = Path(__file__).resolve().parents[3]
RULE = "rehabilitation-team-participation-status"
PROGRAM = Path(sys.executable).with_name("samtale")
NEW = [
    "new-rule",
    "held-by-video",
    "--operation=create_interview",
    "--operation=update_interview",
    "--code=S-110",
    "--title-da=Kun video",
    "--title-en=By video only",
    "--valid-from=2027-01-01",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("rules", "config", "tests/cases"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    return tmp_path


def where(folder: Path) -> list[str]:
    folders = {"rules": "rules", "config": "config", "cases": "tests/cases"}
    return [f"--{name}={folder / path}" for name, path in folders.items()]


def run(folder: Path, *words: str) -> Result:
    return CliRunner().invoke(main, [*words, *where(folder)])


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}


def without_last_case(folder: Path) -> None:
    """Take away the only case about a status that the rule's list does not have."""
    path = folder / "tests" / "cases" / f"{RULE}.yaml"
    text = path.read_text("utf-8")
    path.write_text(text[: text.index("  # --- Reglens første dag")], "utf-8")


# --- coverage -------------------------------------------------------------------------------------


def test_coverage_shows_every_version_and_what_is_missing(folder: Path) -> None:
    without_last_case(folder)
    shown = run(folder, "coverage", RULE).stdout
    assert f"{RULE}  2019-06-01  2/2   6/6          2/2      0/2" in shown
    assert "mangler  " + RULE + ": ordlyden fra 1. juni 2019: dagen før" in shown
    assert "sand 9, falsk " in shown
    english = run(folder, "coverage", RULE, "--language", "en").stdout
    assert "missing  " + RULE + ": the wording from 1 June 2019: the day before" in english


def test_coverage_ends_with_1_only_when_asked(folder: Path) -> None:
    without_last_case(folder)
    assert 0 == run(folder, "coverage", RULE).exit_code
    assert 1 == run(folder, "coverage", RULE, "--fail-under", "100").exit_code
    assert 0 == run(folder, "coverage", RULE, "--fail-under", "80").exit_code


def test_missing_cases_can_be_pasted_as_they_are_printed(folder: Path) -> None:
    without_last_case(folder)
    printed = run(folder, "coverage", RULE, "--missing").stdout
    _, _, text = printed.partition(f"tests/cases/{RULE}.yaml:\n")
    path = folder / "tests" / "cases" / f"{RULE}.yaml"
    # the closing summary is a comment, so that all that is below may be pasted
    path.write_text(path.read_text("utf-8").rstrip() + "\n" + text, "utf-8")
    assert 0 == run(folder, "test").exit_code
    assert 0 == run(folder, "coverage", RULE, "--fail-under", "100").exit_code


def test_coverage_as_json_has_its_shape(folder: Path) -> None:
    without_last_case(folder)
    document = json.loads(run(folder, "coverage", RULE, "--missing", "--format", "json").stdout)
    assert {
        "rulebook",
        "cases",
        "aims",
        "tried",
        "percent",
        "versions",
        "tables",
        "gaps",
    } == document.keys()
    assert document["aims"] - document["tried"] == len(document["gaps"]) == 2
    for gap in document["gaps"]:
        assert ("seam", RULE) == (gap["kind"], gap["rule"])
        assert gap["example"]["file"].endswith(f"{RULE}.yaml")
        assert "  - name: " in gap["example"]["yaml"]
    (version,) = document["versions"]
    assert {"kind", "path", "side", "value", "text", "cases"} == version["aims"][0].keys()


def test_a_rule_that_does_not_exist_is_wrong_usage(folder: Path) -> None:
    result = run(folder, "coverage", "rehabilitation-team")
    assert (2, True) == (result.exit_code, "der er ingen regel" in result.stderr)


# --- fmt ------------------------------------------------------------------------------------------


def roughen(folder: Path) -> Path:
    path = folder / "rules" / "registration.yaml"
    path.write_text(
        path.read_text("utf-8").replace("    code: S-101", "    code:   S-101"), "utf-8"
    )
    return path


def test_fmt_lays_out_what_differs_and_names_it(folder: Path) -> None:
    before = contents(folder)
    path = roughen(folder)
    told = run(folder, "fmt").stdout
    assert f"`{path}` er lagt ud\n" in told
    assert before == contents(folder)


@pytest.mark.parametrize("only", ["--check", "--diff"])
def test_fmt_only_looks_when_asked(folder: Path, only: str) -> None:
    assert 0 == run(folder, "fmt", only).exit_code
    path = roughen(folder)
    before = contents(folder)
    result = run(folder, "fmt", only)
    assert 1 == result.exit_code
    assert before == contents(folder)
    shown = (
        "-    code:   S-101\n+    code: S-101\n" if only == "--diff" else f"`{path}` har et andet"
    )
    assert shown in result.stdout


def test_fmt_leaves_a_file_with_faults_and_lays_out_the_others(folder: Path) -> None:
    path = roughen(folder)
    bad = folder / "config" / "parameters.yaml"
    bad.write_text("format: 1\nformat:  1\n", "utf-8")
    result = run(folder, "fmt")
    assert (1, True) == (result.exit_code, "duplicate-key" in result.stdout)
    assert "format: 1\nformat:  1\n" == bad.read_text("utf-8")
    assert "code: S-101" in path.read_text("utf-8")


def test_fmt_as_json_has_its_shape(folder: Path) -> None:
    path = roughen(folder)
    document = json.loads(run(folder, "fmt", "--check", "--format", "json").stdout)
    assert {"files", "changed", "written", "problems"} == document.keys()
    assert ([str(path)], False, []) == (
        document["changed"],
        document["written"],
        document["problems"],
    )


def test_fmt_takes_the_files_that_are_named(folder: Path) -> None:
    path = roughen(folder)
    other = folder / "rules" / "access.yaml"
    assert 0 == CliRunner().invoke(main, ["fmt", "--check", str(other)]).exit_code
    assert 1 == CliRunner().invoke(main, ["fmt", "--check", str(path), str(other)]).exit_code


# --- new-rule -------------------------------------------------------------------------------------


def test_a_new_rule_passes_check_test_and_layout(folder: Path) -> None:
    result = run(folder, *NEW)
    assert 0 == result.exit_code, result.output
    assert "Næste skridt:" in result.stdout
    for command in (["check"], ["test", "--no-gaps"], ["fmt", "--check"]):
        options = where(folder)[:2] if command == ["check"] else where(folder)
        assert 0 == CliRunner().invoke(main, [*command, *options]).exit_code, command


def test_a_dry_run_shows_the_difference_and_writes_nothing(folder: Path) -> None:
    before = contents(folder)
    shown = run(folder, *NEW, "--dry-run").stdout
    assert before == contents(folder)
    assert "+  held-by-video:\n" in shown
    assert "+  - code: S-110\n" in shown
    assert "+cases: held-by-video\n" in shown


@pytest.mark.parametrize("code", ["6005", "1013"])
def test_a_taken_code_is_refused_and_a_free_one_named(folder: Path, code: str) -> None:
    before = contents(folder)
    result = run(folder, *[f"--code={code}" if "--code" in each else each for each in NEW])
    assert (2, True) == (result.exit_code, "`S-110` er ledig" in result.stderr)
    assert before == contents(folder)


def test_a_new_rule_as_json_has_its_shape(folder: Path) -> None:
    document = json.loads(run(folder, *NEW, "--dry-run", "--format", "json").stdout)
    assert {"rule", "code", "validFrom", "written", "files"} == document.keys()
    assert (3, False) == (len(document["files"]), document["written"])


def test_when_one_file_cannot_be_written_none_is(folder: Path) -> None:
    before = contents(folder)
    first = folder / "rules" / "access.yaml"
    with pytest.raises(OSError, match=r"missing"):
        replace_files(
            {first: b"x", folder / "rules" / "new.yaml": b"y", folder / "missing" / "z.yaml": b"z"}
        )
    assert before == contents(folder)
    assert [] == list(folder.rglob(".*"))


def test_on_a_terminal_it_is_asked_what_the_rule_is_about(folder: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [PROGRAM, *NEW, *where(folder)],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    os.close(theirs)
    os.write(ours, b"1\n7 8\n")
    told, _ = process.communicate(timeout=60)
    os.close(ours)
    assert "Hvad handler reglen om?" in told
    assert "7  Videokonference" in told
    written = (folder / "rules" / "registration.yaml").read_text("utf-8")
    assert "require: {interview.contact_type: {in: [7, 8]}}" in written


# --- completion -----------------------------------------------------------------------------------


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_script(shell: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])
    assert (0, True) == (result.exit_code, "_SAMTALE_COMPLETE" in result.stdout)


def completed(*words: str) -> list[str]:
    """Ask as bash does, in a real process."""
    line = ["samtale", *words]
    answer = subprocess.run(
        [PROGRAM],
        env={
            **os.environ,
            "_SAMTALE_COMPLETE": "bash_complete",
            "COMP_WORDS": " ".join(line),
            "COMP_CWORD": str(len(line) - 1),
        },
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [each.split(",", 1)[1] for each in answer.stdout.splitlines() if each]


def test_rule_ids_fact_names_operations_and_commands_complete() -> None:
    assert [RULE] == completed("coverage", "rehab")
    assert "interview.type" in completed("new-rule", "x", "--fact", "interview.t")
    assert "create_interview" in completed("new-rule", "x", "--operation", "create")
    assert "coverage" in completed("cov")


def test_ids_of_releases_complete_from_the_database(folder: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'releases.db'}"
    published = CliRunner().invoke(
        main, ["publish", *where(folder), f"--database-url={url}", "--format=json"]
    )
    release = str(json.loads(published.stdout)["rulebook"]).removeprefix("sha256:")
    found = completed("rulebooks", "show", f"--database-url={url}", release[:4])
    assert [release[:12]] == found
    shown = CliRunner().invoke(main, ["rulebooks", "show", f"--database-url={url}", *found])
    assert 0 == shown.exit_code
    # a database that is not there completes nothing, and nothing is made
    assert [] == completed("rulebooks", "show", f"--database-url={url}.no", release[:4])
    assert not Path(f"{tmp_path / 'releases.db'}.no").exists()


def test_the_bash_script_is_one_that_bash_reads() -> None:
    script = CliRunner().invoke(main, ["completion", "bash"]).stdout
    subprocess.run(["bash", "-n"], input=script, text=True, check=True)


# --- all commands ---------------------------------------------------------------------------------


def leaves(command: click.Command, name: str = "") -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for inner, each in command.commands.items():
            yield from leaves(each, f"{name} {inner}".strip())
    else:
        yield name, command


@pytest.mark.parametrize(("name", "command"), list(leaves(main)), ids=lambda each: str(each))
def test_every_command_answers_programs_and_two_languages(
    name: str, command: click.Command
) -> None:
    options = {option for each in command.params for option in each.opts}
    assert "--format" in options
    (shape,) = (each for each in command.params if "--format" in each.opts)
    assert {"human", "json"} <= set(shape.type.choices)  # type: ignore[attr-defined]
    assert "SAMTALE_FORMAT" == shape.envvar
    if name != "completion":
        assert "--language" in options


def test_the_help_lists_every_command_under_its_reader() -> None:
    shown = CliRunner().invoke(main, ["--help"]).stdout
    assert list(READERS) == [each for each in (*READERS, "Others") if f"\n{each}:\n" in shown]
    assert set() == main.commands.keys() - {name for names in READERS.values() for name in names}
