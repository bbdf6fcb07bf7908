"""The analysts' guide cannot lie: what it tells is done, and what it shows is what comes."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from flask import Flask

from tests.guide import (
    GUIDE,
    LEFT_OUT,
    PICTURES,
    PROJECT,
    AddMissing,
    Command,
    Correct,
    Insert,
    Register,
    Serve,
    pages,
    steps,
)
from tests.ui.guide_scenes import SCENES
from web.api.tokens import sign_development_token
from web.app import close, create_app
from web.cli import READERS, main
from web.settings import Settings
from web.ui.blueprint import PAGES
from web.ui.wording import TEXTS

PAGE = "4-min-foerste-aendring.md"
NOW = datetime(2024, 6, 3, 10, tzinfo=UTC)
NUMBER = "7101904321"
WHOLE = "\n".join(page.read_text(encoding="utf-8") for page in pages())
MOST_BYTES = 3_000_000


@dataclass(slots=True)
class Reader:
    """Somebody who does what a page tells, in a folder that holds a copy of the project."""

    folder: Path
    printed: str = ""
    app: Flask | None = None
    tried: int = 0

    def run(self, command: Command) -> None:
        words = shlex.split(command.line)
        assert "samtale" == words[0]
        self.printed = (
            CliRunner(catch_exceptions=False).invoke(main, words[1:], catch_exceptions=False).output
        )
        missing = first_untrue(command.shown, self.printed)
        assert missing is None, (
            f"$ {command.line}\nprints no `{missing}` there, but\n{self.printed}"
        )

    def add_missing(self, step: AddMissing) -> None:
        path = self.folder / step.file
        written = [line for line in self.printed.splitlines() if line.startswith("  ")]
        cases = "\n".join(written[first_case(written) :])
        path.write_text(path.read_text(encoding="utf-8") + "\n" + cases + "\n", encoding="utf-8")

    def serve(self) -> None:
        self.app = create_app(self.settings(), clock=lambda: NOW, log_to=io.StringIO())

    def settings(self) -> Settings:
        keys = {"key_file": Path("key.json"), "signing_key_file": Path("keys.txt")}
        return Settings.from_environment({}, keys)

    def register(self, step: Register) -> None:
        """Register the rehabilitation team's interview with status 4, as a job centre does."""
        if self.app is None:
            self.serve()
        assert step.codes == self.codes_of_registration()

    def codes_of_registration(self) -> tuple[str, ...]:
        facts = {
            "contactGroups": [{"contactGroupTypeIdentifier": 3, "eventTime": "2020-01-01"}],
            "jobCentreAffiliations": [{"organisationCode": "101", "from": "2020-01-01"}],
        }
        assert 204 == self.call("PUT", "/v1/citizens", "agency", "star", facts)[0]
        self.tried += 1
        interview = {
            "interviewTypeIdentifier": 18,
            "interviewContactTypeIdentifier": 1,
            "heldAt": f"2024-06-03T10:0{self.tried}:00+02:00",
            "participationStatusTypeIdentifier": 4,
            "responsibleAuthority": {"organisationType": "job_centre", "organisationCode": "101"},
        }
        status, told = self.call("POST", "/v1/interviews", "job_centre", "101", interview)
        codes = tuple(re.findall(r'"code": ?"([\w-]+)"', told)) if status == 422 else ()
        assert (422 if codes else 201) == status, told
        return codes

    def call(
        self, method: str, path: str, organisation_type: str, code: str, body: object
    ) -> tuple[int, str]:
        assert self.app is not None
        token = sign_development_token(
            self.settings(), organisation_type=organisation_type, organisation=code, now=NOW
        )
        headers = {
            "Authorization": f"Bearer {token}",
            "X-Civil-Registration-Identifier": NUMBER,
        }
        answer = self.app.test_client().open(path, method=method, json=body, headers=headers)
        return answer.status_code, answer.text


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    for name in ("rules", "config", "tests/cases"):
        shutil.copytree(PROJECT / name, tmp_path / name)
    with contextlib.chdir(tmp_path):
        reader = Reader(tmp_path)
        yield reader
        if reader.app is not None:
            close(reader.app)


def do(page: Path, reader: Reader) -> int:
    """Do what the page tells; return how many steps that were."""
    told = list(steps(page))
    for step in told:
        match step:
            case Command():
                reader.run(step)
            case Insert() | Correct():
                step.into(reader.folder)
            case AddMissing():
                reader.add_missing(step)
            case Serve():
                reader.serve()
            case Register():
                reader.register(step)
    return len(told)


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.stem)
def test_what_a_page_tells_can_be_done_and_what_it_shows_is_what_comes(
    page: Path, reader: Reader
) -> None:
    done = do(page, reader)
    assert page.name != PAGE or done > 20


def test_a_command_that_prints_something_else_is_found(reader: Reader) -> None:
    page = reader.folder / "page.md"
    page.write_text("```console\n$ samtale check\n18 regler, 99 adgange\n```\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="99 adgange"):
        do(page, reader)


def test_lines_in_another_order_or_with_others_between_are_found() -> None:
    printed = "en\nto\ntre\n"
    assert first_untrue(("en", LEFT_OUT, "tre"), printed) is None
    assert "tre" == first_untrue(("en", "tre"), printed)
    assert "en" == first_untrue(("to", LEFT_OUT, "en"), printed)


def first_untrue(shown: tuple[str, ...], printed: str) -> str | None:
    """Return the first shown line that does not follow on the one before; None: all do."""
    lines = [plain(line) for line in printed.splitlines()]
    at, anywhere = 0, True
    for line in shown:
        if line.strip() == LEFT_OUT:
            anywhere = True
            continue
        wanted = plain(line)
        found = next((n for n in range(at, len(lines)) if fits(wanted, lines[n])), None)
        if found is None or (found != at and not anywhere):
            return line
        at, anywhere = found + 1, False
    return None


def fits(wanted: str, line: str) -> bool:
    """Say whether a line is as shown; one that ends with `…` shows only its beginning."""
    if wanted.endswith(LEFT_OUT):
        return line.startswith(wanted.removesuffix(LEFT_OUT).rstrip())
    return wanted == line


_CHANGING = (
    (re.compile(r"sha256:[0-9a-f…]+"), "sha256:"),
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "T"),
    (re.compile(r"(\.yaml):\d+:\d+"), r"\1"),
    (re.compile(r"\b\d+ (eksempler|bestået|cases|passed|filer|af)\b"), r"# \1"),
    (re.compile(r"(af|of) \d+"), r"\1 #"),
    (re.compile(r"\b(sand|falsk|under|på|over) \d+"), r"\1 #"),
    (re.compile(r"^\s+\d+ "), "# "),
    (re.compile(r"T af \S+|T +\S+"), "T af nogen"),
)
"""What another machine, another day or one more case may change without making the guide untrue."""


def plain(line: str) -> str:
    for pattern, instead in _CHANGING:
        line = pattern.sub(instead, line)
    return " ".join(line.split())


def first_case(lines: list[str]) -> int:
    return next(n for n, line in enumerate(lines) if line.startswith("  # "))


# --- everything is told of ------------------------------------------------------------------------


@pytest.mark.parametrize("command", [*READERS["Analysts"], "verify-decisions"])
def test_every_command_of_analysts_is_told_of(command: str) -> None:
    assert re.search(rf"\bsamtale {command}\b", WHOLE) is not None


ENTRIES = sorted({TEXTS[each.entry.title].da for each in PAGES if each.entry is not None})


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_page_of_the_workbench_is_told_of(entry: str) -> None:
    assert f"*{entry}*" in WHOLE


def test_every_command_in_a_sentence_exists_with_its_options() -> None:
    told = re.findall(r"`samtale ([a-z][^`]*)`", WHOLE)
    assert [] == [each for each in told if not exists(shlex.split(each))]


def exists(words: list[str]) -> bool:
    command: click.Command | None = main
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-"):
            command = command.commands.get(word)
        if command is None:
            return False
    options = (
        {option for each in command.params for option in each.opts if option.startswith("--")}
        | {"--help"}
        if command
        else set()
    )
    return {word.split("=")[0] for word in words if word.startswith("--")} <= options


# --- links and pictures ---------------------------------------------------------------------------


def test_every_page_is_reached_from_the_first() -> None:
    linked = set(re.findall(r"\]\(([^)#]+\.md)\)", (GUIDE / "README.md").read_text("utf-8")))
    assert {page.name for page in pages()} - {"README.md"} <= linked


def test_every_link_of_the_guide_leads_to_a_file_and_its_heading() -> None:
    broken = []
    for page in pages():
        text = re.sub(r"```.*?^```", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
        for target, heading in re.findall(r"\]\(([^)\s#]*)(?:#([^)\s]+))?\)", text):
            path = page.parent / target if target else page
            if "://" in target:
                continue
            if not path.is_file() or (heading and heading not in headings(path)):
                broken.append(f"{page.name}: {target}#{heading}")
    assert [] == broken


def headings(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def test_the_pictures_are_those_that_the_browser_takes_and_all_are_shown() -> None:
    shown = set(re.findall(r"!\[[^\]]{20,}\]\(pictures/([^)]+)\)", WHOLE))
    taken = {f"{scene.name}.png" for scene in SCENES}
    stored = {path.name for path in PICTURES.iterdir()}
    assert taken == stored
    assert taken == shown


def test_the_pictures_stay_small() -> None:
    assert MOST_BYTES > sum(path.stat().st_size for path in PICTURES.iterdir())


def test_nothing_of_the_machine_stands_in_the_guide() -> None:
    assert [] == re.findall(r"/(?:work|tmp|home|root|Users)/\S*", WHOLE)
