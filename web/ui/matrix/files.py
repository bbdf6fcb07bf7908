"""Sheets ↔ CSV and XLSX, safe both ways.

In: rows of cells, or the bytes of a file from anywhere. Out: bytes, or rows of cells.
Does not know: what the cells mean. On the way out every cell is text, and one that a spreadsheet
would take for a formula is led by an apostrophe; on the way in nothing is calculated, and a file
that is too large, unpacks to too much or is no sheet is refused.
"""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Iterable, Sequence

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font

from engine.facts import Text

MOST_BYTES = 1_000_000
MOST_UNPACKED = 20_000_000
MOST_PARTS = 200
MOST_ROWS = 500
MOST_COLUMNS = 200
LONGEST_CELL = 500
FORMULA = ("=", "+", "-", "@", "\t", "\r")
_ZIP = b"PK\x03\x04"

Rows = list[list[str]]


class FileRefused(ValueError):
    """The file is no sheet that can be read; `why` says it to whoever sent it."""

    def __init__(self, da: str, en: str) -> None:
        self.why = Text(da, en)
        super().__init__(en)


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Return CSV as Danish spreadsheets open it: semicolons, UTF-8 with its mark, CR LF."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(rows: Iterable[Sequence[str]], sheet: str, notes: Sequence[Sequence[str]]) -> bytes:
    """Return a workbook with the sheet, frozen heads, and a second sheet with notes."""
    workbook = Workbook()
    first = workbook.active
    assert first is not None  # noqa: S101  # a new workbook has a sheet
    first.title = sheet
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            _write(first.cell(number, column), text)
            if number == 1:
                first.cell(1, column).font = Font(bold=True)
                upright = Alignment(text_rotation=0 if column < 4 else 60, vertical="bottom")
                first.cell(1, column).alignment = upright
            elif column > 3:
                first.cell(number, column).alignment = Alignment(horizontal="center")
    first.freeze_panes = "D2"
    for letter, width in (("A", 14), ("B", 30), ("C", 16)):
        first.column_dimensions[letter].width = width
    second = workbook.create_sheet("Om")
    for number, row in enumerate(notes, start=1):
        for column, text in enumerate(row, start=1):
            _write(second.cell(number, column), text)
    second.column_dimensions["A"].width = 24
    second.column_dimensions["B"].width = 80
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def read_file(raw: bytes) -> Rows:
    """Return the rows of a CSV or XLSX file, whatever it is called; raises `FileRefused`."""
    if len(raw) > MOST_BYTES:
        raise FileRefused(
            f"Filen er for stor: højst {MOST_BYTES // 1000} kB.",
            f"The file is too large: at most {MOST_BYTES // 1000} kB.",
        )
    if not raw.strip():
        raise FileRefused("Filen er tom.", "The file is empty.")
    rows = _read_xlsx(raw) if raw.startswith(_ZIP) else _read_csv(raw)
    while rows and not any(cell.strip() for cell in rows[-1]):
        rows.pop()
    return [[_unguarded(cell) for cell in row] for row in rows]


def _write(cell: Cell | MergedCell, text: str) -> None:
    assert isinstance(cell, Cell)  # noqa: S101  # nothing is merged
    cell.value = "".join(each for each in guarded(text) if each.isprintable())
    # as text whatever it begins with: openpyxl would make a formula of a leading `=`
    cell.data_type = "s"


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def _read_csv(raw: bytes) -> Rows:
    text = _decoded(raw)
    if "\0" in text:
        raise _no_sheet()
    head = text.partition("\n")[0]
    delimiter = max(";,\t", key=head.count)
    rows: Rows = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False):
            rows.append(_row(row, len(rows)))
    except csv.Error:
        raise _no_sheet() from None
    return rows


def _decoded(raw: bytes) -> str:
    """Return the text: UTF-8, the code page of Windows, or what spreadsheets call Unicode."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _read_xlsx(raw: bytes) -> Rows:
    _check_unpacked(raw)
    try:
        workbook = load_workbook(io.BytesIO(raw), read_only=True, data_only=False, keep_links=False)
        sheet = workbook.worksheets[0]
        rows: Rows = []
        for row in sheet.iter_rows(
            max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1, values_only=True
        ):
            rows.append(_row([_plain(each) for each in row], len(rows)))
        workbook.close()
    except FileRefused:
        raise
    except Exception:  # noqa: BLE001
        # openpyxl raises whatever its parts raise on a file that somebody has bent
        raise _no_sheet() from None
    return rows


def _check_unpacked(raw: bytes) -> None:
    """Refuse a packed file that unpacks to too much, counting what really comes out."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            entries = packed.infolist()
            if len(entries) > MOST_PARTS:
                raise _too_much()
            left = MOST_UNPACKED
            for entry in entries:
                with packed.open(entry) as part:
                    while chunk := part.read(65_536):
                        left -= len(chunk)
                        if left < 0:
                            raise _too_much()
                        if b"<!ENTITY" in chunk or b"<!DOCTYPE" in chunk:
                            raise _no_sheet()
    except FileRefused:
        raise
    except Exception:  # noqa: BLE001
        # zipfile and zlib raise whatever their parts raise on a file that somebody has bent
        raise _no_sheet() from None


def _row(cells: Sequence[str], before: int) -> list[str]:
    found = list(cells)
    while found and not found[-1].strip():
        found.pop()
    if before >= MOST_ROWS and found:
        raise FileRefused(
            f"Arket har for mange rækker: højst {MOST_ROWS}.",
            f"The sheet has too many rows: at most {MOST_ROWS}.",
        )
    if len(found) > MOST_COLUMNS:
        raise FileRefused(
            f"Arket har for mange kolonner: højst {MOST_COLUMNS}.",
            f"The sheet has too many columns: at most {MOST_COLUMNS}.",
        )
    if any(len(each) > LONGEST_CELL for each in found):
        raise FileRefused(
            f"En celle i række {before + 1} er for lang: højst {LONGEST_CELL} tegn.",
            f"A cell in row {before + 1} is too long: at most {LONGEST_CELL} characters.",
        )
    return found


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _too_much() -> FileRefused:
    return FileRefused(
        "Filen fylder for meget, når den pakkes ud.", "The file unpacks to too much."
    )


def _no_sheet() -> FileRefused:
    return FileRefused(
        "Filen kan ikke læses som et regneark. Gem den som CSV eller XLSX, og prøv igen.",
        "The file cannot be read as a spreadsheet. Save it as CSV or XLSX and try again.",
    )
