"""Broken rulebooks made of the good one: one file per mistake under `rulebooks/bad/`.

Adding a case is adding a file:

    changes:
      - file: rules/lending.yaml
        replace: 'at_most: 3'           # stands exactly once in the file
        with: 'at_most: ▶three'         # ▶ marks where the problem is expected and is taken out
    expect:                             # all problems there are, in the order of their marks
      - {code: wrong-type, words: 'expected a whole number'}

Instead of `replace` and `with` a change may have `content` (a whole file), `remove: true`, or
`mark`: text that stays and is marked. A problem may be expected `at: 'file:line:column'` instead of
at a mark, and with `severity: warning`. Marks are counted file by file, from the top.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from engine.reader.load import read_folders

RULEBOOKS = Path(__file__).parent / "rulebooks"
MARK = "▶"


@dataclass(frozen=True)
class Expected:
    """A problem that must be found; `words` stand in its message and hint, joined by `; `."""

    code: str
    place: str
    severity: str
    words: str


@dataclass(frozen=True)
class Mistake:
    """A rulebook with one mistake, and all the problems that it must have."""

    files: dict[str, bytes]
    expected: tuple[Expected, ...]


def good_files() -> dict[str, bytes]:
    """Return the good rulebook."""
    return read_folders(RULEBOOKS / "good" / "rules", RULEBOOKS / "good" / "config")


def mistakes() -> list[str]:
    """Return the names of all mistakes."""
    return sorted(path.stem for path in (RULEBOOKS / "bad").glob("*.yaml"))


def read_mistake(name: str) -> Mistake:
    """Return the broken rulebook of one mistake."""
    case = yaml.safe_load((RULEBOOKS / "bad" / f"{name}.yaml").read_text("utf-8"))
    files = {file: content.decode() for file, content in good_files().items()}
    marks: list[str] = []
    for change in case["changes"]:
        _apply(change, files)
    for change in case["changes"]:
        file = change["file"]
        while MARK in files.get(file, ""):
            before = files[file].partition(MARK)[0]
            line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
            marks.append(f"{file}:{line}:{column}")
            files[file] = files[file].replace(MARK, "", 1)
    places = iter(marks)
    expected = tuple(_expected(entry, places) for entry in case["expect"])
    assert list(places) == []
    return Mistake({file: text.encode() for file, text in files.items()}, expected)


def _apply(change: dict[str, Any], files: dict[str, str]) -> None:
    file = change["file"]
    if "mark" in change:
        change = {"file": file, "replace": change["mark"], "with": MARK + change["mark"]}
    if change.get("remove"):
        del files[file]
    elif "content" in change:
        files[file] = change["content"]
    else:
        assert files[file].count(change["replace"]) == 1, f"{change['replace']!r} in {file}"
        files[file] = files[file].replace(change["replace"], change["with"])


def _expected(entry: dict[str, str], places: Any) -> Expected:
    place = entry["at"] if "at" in entry else next(places)
    return Expected(entry["code"], place, entry.get("severity", "error"), entry["words"])
