"""The matrix as a sheet, and a sheet as a matrix.

In: a `Matrix`, or rows of cells as a spreadsheet gives them. Out: rows of cells, or `Matrix` and
every fault with the cell it stands in.
Does not know: CSV or XLSX: see `files`. First column the contact group, then its name, then how
sure the row is, then one column for each interview type; a cell with `x` allows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from engine.facts import Text
from engine.model import Confidence
from web.ui.matrix.matrix import Group, Matrix, Named

GROUP = Text("Kontaktgruppe", "Contact group")
NAME = Text("Navn", "Name")
CONFIDENCE = Text("Sikkerhed", "Confidence")
CONFIDENCES = {
    Confidence.OFFICIAL: Text("officiel", "official"),
    Confidence.PUBLISHED: Text("offentliggjort", "published"),
    Confidence.INFERRED: Text("udledt", "inferred"),
    Confidence.ASSUMED: Text("antaget", "assumed"),
}
MARK = "x"
_ALLOWS = frozenset({"x", "1", "ja", "yes", "true", "sand", "✓"})
_FORBIDS = frozenset({"", "0", "nej", "no", "false", "falsk", "-", "–"})
_HEADINGS = 3
MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class SheetFault:
    """What is wrong with a sheet; `cell` is `C7`, empty for the whole sheet."""

    cell: str
    words: Text


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """A matrix, None as long as there is a fault; `silent` are the groups the sheet leaves out."""

    matrix: Matrix | None
    faults: tuple[SheetFault, ...]
    silent: tuple[Named, ...] = ()


def sheet_of(matrix: Matrix, language: str) -> list[list[str]]:
    """Return the matrix as rows of cells, the first one with the headings."""
    heads = [GROUP, NAME, CONFIDENCE]
    rows = [
        [each.in_language(language) for each in heads]
        + [f"{each.code} {each.name.in_language(language)}" for each in matrix.types]
    ]
    for group in matrix.groups:
        sure = "" if group.confidence is None else CONFIDENCES[group.confidence]
        rows.append(
            [
                str(group.named.code),
                group.named.name.in_language(language),
                sure.in_language(language) if isinstance(sure, Text) else "",
                *(MARK if each.code in group.allowed else "" for each in matrix.types),
            ]
        )
    return rows


def read_sheet(rows: Sequence[Sequence[str]], known: Matrix) -> ReadSheet:
    """Read a sheet against the matrix of its day, which says which codes there are.

    Groups that the sheet leaves out stay as they are. A changed row without a word on how sure it
    is counts as assumed; an unchanged one keeps what it had.
    """
    reader = _Reader(known, [])
    groups = reader.read(rows)
    if reader.faults or not groups:
        return ReadSheet(None, tuple(reader.faults[:MOST_FAULTS]))
    silent = tuple(each.named for each in known.groups if each.named.code not in groups)
    return ReadSheet(
        replace(known, groups=tuple(groups.get(each.named.code, each) for each in known.groups)),
        (),
        silent,
    )


def cell_name(row: int, column: int) -> str:
    """Return `C7` for the seventh row and third column, both counted from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


@dataclass(frozen=True, slots=True)
class _Reader:
    known: Matrix
    faults: list[SheetFault]

    def read(self, rows: Sequence[Sequence[str]]) -> Mapping[int | str, Group]:
        if len(rows) < 2:
            self.fault(
                0,
                0,
                "arket er tomt: den første række skal have overskrifter, og derefter "
                "skal der være en række for hver kontaktgruppe",
                "the sheet is empty: the first row must have headings, followed by a row for each "
                "contact group",
            )
            return {}
        columns = self.columns(rows[0])
        if self.faults:
            return {}
        found: dict[int | str, Group] = {}
        for number, row in enumerate(rows[1:], start=2):
            if any(cell.strip() for cell in row):
                self.row(number, row, columns, found)
        if not found and not self.faults:
            self.fault(2, 1, "der er ingen kontaktgrupper", "there are no contact groups")
        return found

    def columns(self, heads: Sequence[str]) -> Mapping[int, Named]:
        for at, expected in enumerate((GROUP, NAME, CONFIDENCE)):
            stated = heads[at].strip() if at < len(heads) else ""
            if stated.casefold() not in {expected.da.casefold(), expected.en.casefold()}:
                self.fault(
                    1,
                    at + 1,
                    f"forventede overskriften `{expected.da}`, fandt {_quoted(stated)}",
                    f"expected the heading `{expected.en}`, found {_quoted(stated)}",
                )
        types = {str(each.code): each for each in self.known.types}
        found: dict[int, Named] = {}
        for at, head in enumerate(heads[_HEADINGS:], start=_HEADINGS):
            code = head.strip().split(" ", 1)[0]
            if not code and not head.strip():
                continue
            if code not in types:
                self.fault(
                    1,
                    at + 1,
                    f"kender ingen samtaletype {_quoted(head)} den dag; overskriften skal begynde "
                    "med typens nummer, fx `7 Jobsamtale`",
                    f"knows no interview type {_quoted(head)} on that day; the heading must begin "
                    "with the number of the type, as in `7 Job-focused interview`",
                )
            elif types[code] in found.values():
                self.fault(
                    1,
                    at + 1,
                    f"samtaletype {code} har allerede en kolonne",
                    f"interview type {code} has a column already",
                )
            else:
                found[at] = types[code]
        for named in self.known.types:
            if not self.faults and named not in found.values():
                self.fault(
                    1,
                    len(heads) + 1,
                    f"kolonnen for samtaletype {named.code} ({named.name.da}) mangler",
                    f"the column of interview type {named.code} ({named.name.en}) is missing",
                )
        return found

    def row(
        self,
        number: int,
        row: Sequence[str],
        columns: Mapping[int, Named],
        found: dict[int | str, Group],
    ) -> None:
        code = row[0].strip().split(" ", 1)[0] if row else ""
        before = {str(each): group for each, group in self.known.by_code.items()}.get(code)
        if before is None:
            self.fault(
                number,
                1,
                f"kender ingen kontaktgruppe {_quoted(code)}",
                f"knows no contact group {_quoted(code)}",
            )
            return
        if before.named.code in found:
            self.fault(
                number,
                1,
                f"kontaktgruppe {code} har allerede en række",
                f"contact group {code} has a row already",
            )
            return
        allowed = {
            named.code
            for at, named in columns.items()
            if self.allows(number, at, row[at] if at < len(row) else "")
        }
        for at in range(_HEADINGS, len(row)):
            if at not in columns and row[at].strip():
                self.fault(
                    number,
                    at + 1,
                    "cellen står i en kolonne uden overskrift",
                    "the cell stands in a column without a heading",
                )
        stated = row[2].strip() if len(row) > 2 else ""
        confidence = self.confidence(number, stated)
        if confidence is None:
            same = frozenset(allowed) == before.allowed
            # nobody has said how sure the new row is, and a better mark is never guessed
            confidence = before.confidence if same else Confidence.ASSUMED
        found[before.named.code] = replace(
            before, allowed=frozenset(allowed), confidence=confidence
        )

    def allows(self, row: int, column: int, cell: str) -> bool:
        said = cell.strip().casefold()
        if said in _ALLOWS:
            return True
        if said not in _FORBIDS:
            self.fault(
                row,
                column + 1,
                f"forventede `x` eller en tom celle, fandt {_quoted(cell)}",
                f"expected `x` or an empty cell, found {_quoted(cell)}",
            )
        return False

    def confidence(self, row: int, stated: str) -> Confidence | None:
        if not stated:
            return None
        for each, words in CONFIDENCES.items():
            if stated.casefold() in {each.value, words.da, words.en}:
                return each
        expected = ", ".join(f"`{each.da}`" for each in CONFIDENCES.values())
        expected_en = ", ".join(f"`{each.en}`" for each in CONFIDENCES.values())
        self.fault(
            row,
            3,
            f"forventede en af {expected}, fandt {_quoted(stated)}",
            f"expected one of {expected_en}, found {_quoted(stated)}",
        )
        return None

    def fault(self, row: int, column: int, da: str, en: str) -> None:
        cell = cell_name(row, column) if row else ""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(SheetFault(cell, Text(da, en)))


def _quoted(text: str) -> str:
    """Return what stood there, short and without what a terminal or page could trip over.

    A long run of digits is not repeated: somebody may have pasted a number of a person.
    """
    shown = "".join(each for each in text.strip() if each.isprintable())[:30]
    if re.search(r"[0-9]{5}", shown):
        return "noget andet"
    return f"`{shown}`" if shown else "intet"


def title_of(matrix: Matrix) -> str:
    """Return the name of the exported file, without its ending."""
    return f"tilladte-samtaletyper-{day_name(matrix.day)}"


def day_name(day: date) -> str:
    return day.isoformat()
