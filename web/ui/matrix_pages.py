"""*Tilladte samtaletyper*: the matrix on any day, its versions, and sheets in and out.

In: forms and files. Out: pages and files. Nothing is changed unless the workbench may save.
Does not know: rules; the matrix is that of the active rulebook.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from flask import Response, abort, g, request

from engine.explain.wording import day as day_in_words
from engine.facts import Text
from engine.tables import Table
from registry.days import day_of
from web.ui.editing.saving import NotSaved, Saver
from web.ui.matrix import files
from web.ui.matrix.matrix import (
    Change,
    Matrix,
    Named,
    changes,
    has_matrix,
    matrix_on,
    versions_of,
)
from web.ui.matrix.saving import save_matrix, tables_of
from web.ui.matrix.sheet import SheetFault, read_sheet, sheet_of
from web.ui.pages import Entry, Page
from web.ui.parts import parts, signed_in
from web.ui.preferences import language
from web.ui.rendering import page
from web.ui.viewer import Right

PATH = "/samtaletyper"
MOST_BYTES = 1_200_000
"""Of a file that is sent here, with what the browser puts around it."""


@dataclass(frozen=True, slots=True)
class Version:
    """One of the days on which the matrix changes, as a stop of the slider."""

    day: date
    label: Text
    changed: int
    current: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows of the matrix."""

    matrix: Matrix
    versions: tuple[Version, ...]
    changed: Mapping[int | str, Change]
    """By contact group: what became of it since the version before."""
    since: date | None
    day_words: Text


@dataclass(frozen=True, slots=True)
class Preview:
    """What a sheet would change, before anything is saved."""

    day: date
    day_words: Text
    changes: tuple[Change, ...]
    silent: tuple[Named, ...]
    sheet: str
    """The sheet as text, sent along when it is saved."""
    may_save: bool


def show() -> Response:
    """Show the matrix of a day; of today when none is named, and of the table's file in `fil`."""
    return _answer(_day(request.args.get("dag")))


def export(ending: str) -> Response:
    """Send the matrix of a day as CSV or XLSX."""
    tables = _tables()
    matrix = matrix_on(tables, _day(request.args.get("dag")))
    spoken = language()
    rows = sheet_of(matrix, spoken)
    if ending == "csv":
        response = Response(files.as_csv(rows), mimetype="text/csv")
    elif ending == "xlsx":
        notes = [
            ("Dag", matrix.day.isoformat()),
            ("Regelsæt", parts().decider().rulebook.id),
            ("Celler", "x betyder, at samtaletypen er tilladt for kontaktgruppen den dag."),
            ("Sikkerhed", "officiel, offentliggjort, udledt eller antaget; gælder hele rækken."),
            ("Ret", "Sæt eller fjern x, og indlæs arket på siden Tilladte samtaletyper."),
        ]
        response = Response(
            files.as_xlsx(rows, "Tilladte samtaletyper", notes),
            mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        )
    else:
        abort(404)
    name = f"tilladte-samtaletyper-{matrix.day.isoformat()}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def read() -> Response:
    """Read a sheet and show what it would change; nothing is saved."""
    day = _day(request.form.get("dag"))
    sent = request.files.get("ark")
    if sent is None or not sent.filename:
        return _answer(day, faults=(SheetFault("", _NO_FILE),), status=400)
    try:
        rows = files.read_file(sent.stream.read(files.MOST_BYTES + 1))
    except files.FileRefused as refused:
        return _answer(day, faults=(SheetFault("", refused.why),), status=400)
    return _previewed(day, rows)


def save() -> Response:
    """Write the rows that a sheet changes into the table's file."""
    desk = parts().desk
    if desk is None:
        abort(404)
    day = _day(request.form.get("dag"))
    try:
        rows = files.read_file(request.form.get("ark", "").encode())
    except files.FileRefused as refused:
        return _answer(day, faults=(SheetFault("", refused.why),), status=400)
    known = matrix_on(_tables(), day)
    read = read_sheet(rows, known)
    if read.matrix is None:
        return _answer(day, faults=read.faults, status=400)
    saver = Saver(desk, parts().registry, signed_in().caller(g.request_id))
    try:
        save_matrix(saver, known, read.matrix)
    except NotSaved as refused:
        return _answer(day, faults=(SheetFault("", refused.why),), status=409)
    return _answer(day, notice=_SAVED)


_NO_FILE = Text("Vælg en fil, CSV eller XLSX.", "Choose a file, CSV or XLSX.")
_SAVED = Text(
    "Ændringen er gemt i config/allowed_interview_types.yaml. Den gælder, når regelsættet er "
    "offentliggjort.",
    "The change is saved in config/allowed_interview_types.yaml. It holds once the rulebook is "
    "published.",
)


def _previewed(day: date, rows: files.Rows) -> Response:
    known = matrix_on(_tables(), day)
    read = read_sheet(rows, known)
    if read.matrix is None:
        return _answer(day, faults=read.faults, status=400)
    preview = Preview(
        day,
        day_in_words(day),
        tuple(changes(known, read.matrix)),
        read.silent,
        files.as_csv(sheet_of(read.matrix, language())).decode("utf-8-sig"),
        parts().desk is not None and signed_in().analyst,
    )
    return _answer(day, preview=preview)


def _answer(
    day: date,
    *,
    faults: tuple[SheetFault, ...] = (),
    preview: Preview | None = None,
    notice: Text | None = None,
    status: int = 200,
) -> Response:
    return page(
        "matrix.html",
        status,
        shown=_shown(day),
        faults=faults,
        preview=preview,
        notice=notice,
        working=parts().desk is not None,
    )


def _shown(day: date) -> Shown:
    tables = _tables()
    matrix = matrix_on(tables, day)
    days = versions_of(tables)
    since = max((each for each in days if each <= day), default=None)
    at = {each: matrix_on(tables, each) for each in days}
    counts = {
        each: sum(1 for _ in changes(at[before], at[each])) if before else len(at[each].groups)
        for before, each in zip((None, *days), days, strict=False)
    }
    before = max((each for each in days if since is not None and each < since), default=None)
    changed = {} if before is None else {c.group.code: c for c in changes(at[before], matrix)}
    return Shown(
        matrix,
        tuple(Version(each, day_in_words(each), counts[each], each == since) for each in days),
        changed,
        since,
        day_in_words(day),
    )


def _tables() -> Mapping[str, Table]:
    """Return the tables shown: those of the files where they may be changed, else the active."""
    tables = tables_of(parts().desk, parts().decider().rulebook)
    if not has_matrix(tables):
        abort(404)
    return tables


def _day(stated: str | None) -> date:
    today = day_of(parts().clock())
    if not stated:
        return today
    try:
        return date.fromisoformat(stated)
    except ValueError:
        return today


def _taking(path: str, name: str, view: Callable[..., Response], right: Right) -> Page:
    """Return a page to which a sheet is sent; a form says some letters in three."""
    return Page(path, name, view, right, methods=("POST",), largest=3 * MOST_BYTES)


PAGES = (
    Page(PATH, "matrix", show, Right.READ_RULES, entry=Entry("matrix.entry", 30)),
    Page(f"{PATH}/hent.<ending>", "matrix_export", export, Right.READ_RULES),
    _taking(f"{PATH}/indlaes", "matrix_read", read, Right.READ_RULES),
    _taking(f"{PATH}/gem", "matrix_save", save, Right.ANALYSE),
)
