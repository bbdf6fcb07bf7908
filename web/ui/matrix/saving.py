"""The matrix of the files that are being worked on, and its saving.

In: the workspace, a wanted matrix. Out: tables; the file with the wanted rows, or `NotSaved`.
Does not know: pages, sheets.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.facts import Text
from engine.model import Rulebook
from engine.tables import Table
from web.ui.editing.saving import NotSaved, Saver
from web.ui.editing.working import Desk
from web.ui.editing.workspace import Missing, NotAllowed, TooLarge
from web.ui.matrix.matrix import Matrix, changes, has_matrix, matrix_on
from web.ui.matrix.table_edit import FILE, NotEditable, agrees, with_matrix

NOTHING = Text("Arket ændrer ingenting.", "The sheet changes nothing.")
_NO_FILE = Text(f"Filen {FILE} findes ikke.", f"There is no file {FILE}.")
_OTHERWISE = Text(
    "Filen ville efter ændringen sige noget andet end arket. Intet er gemt; ret filen i editoren.",
    "After the change the file would say something else than the sheet. Nothing was saved; change "
    "the file in the editor.",
)


def tables_of(desk: Desk | None, active: Rulebook) -> Mapping[str, Table]:
    """Return the tables of the files on disk when they can be read, else the active ones."""
    if desk is not None:
        working = desk.tables()
        if working is not None and has_matrix(working):
            return working
    return active.tables


def save_matrix(saver: Saver, old: Matrix, wanted: Matrix) -> None:
    """Write the rows that differ on the day of `wanted`; raises `NotSaved`.

    What would be written is read again first: it must say of every group what was wanted.
    """
    if not any(changes(old, wanted)):
        raise NotSaved(NOTHING)
    try:
        stored = saver.desk.workspace.read(FILE)
        text = with_matrix(stored.text, old, wanted)
    except NotEditable as reason:
        raise NotSaved(reason.why) from None
    except (Missing, NotAllowed, TooLarge):
        raise NotSaved(_NO_FILE) from None
    read = saver.desk.checked({FILE: text}, with_cases=False).rulebook
    if read is not None and not agrees(matrix_on(read.tables, wanted.day), wanted):
        raise NotSaved(_OTHERWISE)
    saver.save(FILE, text, stored.etag)
