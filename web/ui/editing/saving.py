"""Saving from the workbench: what is refused, and what is said about it.

In: the name of a file, its new text, the etag of the one that was opened, who saves. Out: `Saved`,
or `NotSaved` with why.
Does not know: pages. Rules and tables that no service could use are never saved: the folder is
what the next start, `samtale serve --watch` and colleagues read. A change that breaks cases may be
saved, since the cases are corrected after the rule.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.facts import Text
from registry.commands import Caller
from registry.service import Registry
from web.ui.editing.working import Checked, Desk
from web.ui.editing.workspace import (
    MOST_BYTES,
    ChangedMeanwhile,
    Exists,
    Missing,
    NotAllowed,
    Stored,
    TooLarge,
    etag_of,
)
from web.ui.persons import civil_numbers

CHANGED = Text(
    "Filen er blevet ændret af en anden, siden du åbnede den. Intet er gemt. Kopiér din ændring, "
    "åbn filen igen, og sæt den ind.",
    "The file was changed by somebody else since you opened it. Nothing was saved. Copy your "
    "change, open the file again and put it in.",
)
BAD = Text(
    "Regelsættet kan ikke bruges sådan: {count} fejl. Intet er gemt; din tekst står stadig i "
    "feltet.",
    "The rulebook cannot be used like this: {count} errors. Nothing was saved; your text is still "
    "in the field.",
)
NOT_HERE = Text("Den fil kan ikke ændres herfra.", "That file cannot be changed from here.")
TOO_LARGE = Text(
    f"Filen er for stor: højst {MOST_BYTES // 1024} KiB.",
    f"The file is too large: at most {MOST_BYTES // 1024} KiB.",
)
REAL_NUMBER = Text(
    "Linje {line} har et tal, der kan være et rigtigt personnummer. Brug et testnummer (dag + 60). "
    "Intet er gemt.",
    "Line {line} has a number that may be a real civil registration number. Use a test number (day "
    "+ 60). Nothing was saved.",
)
THERE_ALREADY = Text(
    "Der er allerede en fil med det navn. Giv eksemplet et andet navn.",
    "There is a file of that name already. Give the example another name.",
)


class NotSaved(Exception):
    """Nothing was written; `why` says it, `conflict` that somebody else has changed the file."""

    def __init__(self, why: Text, *, conflict: bool = False) -> None:
        self.why = why
        self.conflict = conflict
        super().__init__(why.en)


@dataclass(frozen=True, slots=True)
class Saver:
    """Writes files for one caller, and notes in the audit log who it was."""

    desk: Desk
    registry: Registry
    caller: Caller

    def save(self, name: str, text: str, etag: str) -> tuple[Stored, Checked]:
        """Replace a file; raises `NotSaved`. Line ends become those of the file on disk."""
        workspace = self.desk.workspace
        _refuse_numbers(text)
        try:
            before = workspace.read(name)
            if before.etag != etag:
                raise NotSaved(CHANGED, conflict=True)
            text = as_on_disk(text, before.text)
            if len(text.encode()) > MOST_BYTES:
                raise NotSaved(TOO_LARGE)
            checked = self._checked(name, text)
            if etag_of(text.encode()) == etag:
                return before, checked
            self._note(checked)
            return workspace.write(name, text, etag), checked
        except ChangedMeanwhile:
            raise NotSaved(CHANGED, conflict=True) from None
        except (NotAllowed, Missing):
            raise NotSaved(NOT_HERE) from None
        except TooLarge:
            raise NotSaved(TOO_LARGE) from None

    def keep(self, name: str, text: str) -> tuple[Stored, Checked]:
        """Write a new file; raises `NotSaved`, also when there is one of that name."""
        _refuse_numbers(text)
        try:
            checked = self._checked(name, text)
            self._note(checked)
            return self.desk.workspace.create(name, text), checked
        except Exists:
            raise NotSaved(THERE_ALREADY) from None
        except (NotAllowed, Missing):
            raise NotSaved(NOT_HERE) from None
        except TooLarge:
            raise NotSaved(TOO_LARGE) from None

    def _checked(self, name: str, text: str) -> Checked:
        """Read everything with the new text; raises `NotSaved` when that makes it unusable."""
        self.desk.workspace.path(name)
        checked = self.desk.checked({name: text})
        errors = checked.rulebook_errors
        if name.startswith("tests/cases/"):
            errors = sum(each.severity.value == "error" for each in checked.of_file(name))
        if errors:
            raise NotSaved(_filled(BAD, count=errors))
        return checked

    def _note(self, checked: Checked) -> None:
        rulebook = checked.rulebook
        self.registry.note_rule_file(self.caller, None if rulebook is None else rulebook.id)


def as_on_disk(text: str, before: str) -> str:
    """Return a text that came through a form with the line ends of the file, and one at the end."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if plain and not plain.endswith("\n"):
        plain += "\n"
    return plain.replace("\n", "\r\n") if "\r\n" in before else plain


def _refuse_numbers(text: str) -> None:
    found = civil_numbers(text)
    if found:
        line = text.count("\n", 0, found[0]) + 1
        raise NotSaved(_filled(REAL_NUMBER, line=line))


def _filled(text: Text, **values: object) -> Text:
    return Text(text.da.format(**values), text.en.format(**values))
