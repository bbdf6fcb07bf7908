"""The analysts' guide read as steps, so that a test and the pictures do what it tells.

In: the pages under `docs/analyst`. Out: commands with what the page shows of their answers, and
edits, in the order of a page.
Does not know: how a step is done.

A command stands in a block `console` behind `$ `; below it stands what it prints, where a line `…`
stands for lines left out. What a reader does by hand is told to the test by a comment above it:

    <!-- gør: indsæt FILE efter "TEXT" -->     the YAML block that follows goes below that line
    <!-- gør: ret FILE "EXAMPLE" OLD => NEW --> within that example
    <!-- gør: tilføj manglende FILE -->         the cases that the last command wrote go to the end
    <!-- gør: tjeneste -->                      a service has been running since before
    <!-- gør: registrer CODES -->               a registration with status 4 is decided with these
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
GUIDE = PROJECT / "docs" / "analyst"
PICTURES = GUIDE / "pictures"
LEFT_OUT = "…"

_PIECE = re.compile(
    r"<!-- gør: (?P<done>.*?) -->|^```(?P<kind>\w+)\n(?P<block>.*?)^```$", re.DOTALL | re.MULTILINE
)
_INSERT = re.compile(r'indsæt (\S+) efter "(.*)"')
_CORRECT = re.compile(r'ret (\S+) "(.*)" (.*) => (.*)')


@dataclass(frozen=True, slots=True)
class Command:
    line: str
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Insert:
    file: str
    after: str
    text: str

    def into(self, folder: Path) -> None:
        path = folder / self.file
        text = path.read_text(encoding="utf-8")
        at = text.index("\n", text.index(self.after)) + 1
        path.write_text(text[:at] + self.text + text[at:], encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Correct:
    file: str
    example: str
    old: str
    new: str

    def into(self, folder: Path) -> None:
        path = folder / self.file
        text = path.read_text(encoding="utf-8")
        begin = re.search(rf'- name: "?{re.escape(self.example)}"?\n', text)
        assert begin is not None, f"no example `{self.example}` in {self.file}"
        at = text.index(self.old, begin.end())
        assert "- name:" not in text[begin.end() : at], f"`{self.old}` is not in `{self.example}`"
        path.write_text(text[:at] + self.new + text[at + len(self.old) :], encoding="utf-8")


@dataclass(frozen=True, slots=True)
class AddMissing:
    file: str


@dataclass(frozen=True, slots=True)
class Serve:
    pass


@dataclass(frozen=True, slots=True)
class Register:
    codes: tuple[str, ...]


Step = Command | Insert | Correct | AddMissing | Serve | Register


def pages() -> list[Path]:
    return sorted(GUIDE.glob("*.md"))


def steps(page: Path) -> Iterator[Step]:
    """Yield what the page tells its reader to do; raises `ValueError` for a comment of no kind."""
    insert: tuple[str, str] | None = None
    for piece in _PIECE.finditer(page.read_text(encoding="utf-8")):
        done, kind, block = piece["done"], piece["kind"], piece["block"]
        if kind == "console":
            yield from _commands(block)
        elif kind == "yaml" and insert is not None:
            yield Insert(*insert, block)
            insert = None
        elif done is not None and (found := _INSERT.fullmatch(done)):
            insert = (found[1], found[2])
        elif done is not None:
            yield _done(done)


def _commands(block: str) -> Iterator[Command]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        line, *shown = part.splitlines()
        yield Command(line, tuple(shown))


def _done(done: str) -> Step:
    word, _, rest = done.partition(" ")
    if word == "tjeneste":
        return Serve()
    if word == "registrer":
        return Register(tuple(code for code in rest.split() if code != "godkendt"))
    if word == "tilføj":
        return AddMissing(rest.removeprefix("manglende "))
    if found := _CORRECT.fullmatch(done):
        return Correct(*found.groups())
    raise ValueError(f"`{done}` is nothing that a reader of the guide does")
