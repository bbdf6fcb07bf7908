"""The rulebook as it would be: the files on disk, with a text that is being changed in their place.

In: the workspace and a text. Out: `Checked`: a rulebook or none, and every problem, as
`samtale check` would tell them.
Does not know: pages. What was read last is kept, so that typing elsewhere does not read it anew.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from engine.cases.files import Case
from engine.decide import Decider
from engine.model import Rulebook
from engine.problems import Problem, Severity
from engine.reader.rulebook import read_config_tables, read_rulebook
from engine.source.document import Document, read_yaml
from engine.tables import Table
from registry.rule_files import Reading
from web.ui.editing.case_reader import CaseReader, digest_of
from web.ui.editing.workspace import Workspace
from web.ui.kept import Kept, KeptByRulebook


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of reading; `cases` are those that can be read with the rulebook."""

    rulebook: Rulebook | None
    problems: tuple[Problem, ...]
    """Of the rulebook and, when it can be read, of the case files."""
    cases: tuple[Case, ...] = ()

    @property
    def errors(self) -> int:
        return sum(each.severity is Severity.ERROR for each in self.problems)

    @property
    def rulebook_errors(self) -> int:
        """How many errors keep the rulebook from being used."""
        return 0 if self.rulebook is not None else self.errors

    def of_file(self, name: str) -> tuple[Problem, ...]:
        """Return the problems of one file."""
        return tuple(each for each in self.problems if each.place.file == name)


@dataclass(slots=True)
class Desk:
    """Reads the workspace with changes; safe to share between threads."""

    workspace: Workspace
    reading: Reading = read_rulebook
    read_document: Callable[[bytes, str], Document] = read_yaml
    """How one file is read where only some of them are needed."""
    case_reader: CaseReader = field(default_factory=CaseReader)
    _read: Kept[tuple[Rulebook | None, tuple[Problem, ...]]] = field(default_factory=Kept)
    _deciders: KeptByRulebook[Decider] = field(
        default_factory=lambda: KeptByRulebook(lambda rulebook: Decider(rulebook, "compiled"))
    )

    def checked(
        self, instead: Mapping[str, str] | None = None, *, with_cases: bool = True
    ) -> Checked:
        """Read the files, some of them replaced by other texts."""
        rulebook, problems = self._rulebook(self.workspace.rulebook_files(instead))
        if rulebook is None or not with_cases:
            return Checked(rulebook, problems)
        cases, of_cases = self.case_reader.read(self.workspace.case_files(instead), rulebook)
        sound = not any(each.severity is Severity.ERROR for each in of_cases)
        return Checked(rulebook, (*problems, *of_cases), cases if sound else ())

    def tables(self) -> Mapping[str, Table] | None:
        """Return the tables as they stand, or None; a rule with an error does not matter."""
        return read_config_tables(self.workspace.rulebook_files(), self.read_document)

    def decider(self, rulebook: Rulebook) -> Decider:
        """Return what decides by a rulebook; only the last few are kept."""
        return self._deciders.of(rulebook)

    def _rulebook(self, files: Mapping[str, bytes]) -> tuple[Rulebook | None, tuple[Problem, ...]]:
        return self._read.get(digest_of(files), lambda: self.reading(files))
