"""What a difference is: frozen values, one `Change` for each thing that means something else.

In: nothing. Out: the types that `difference` fills and the command and the pages show.
Does not know: how a difference is found.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from engine.difference.timeline import Days
from engine.facts import Text
from engine.problems import NOWHERE, Place


class Subject(StrEnum):
    """What kind of thing a change is about; the order is the order of the answer."""

    RULE = "rule"
    GRANT = "grant"
    NOTICE = "notice"
    FILE = "file"
    TABLE = "table"
    CODE_LIST = "code_list"
    PARAMETER = "parameter"
    ERROR_CODE = "error_code"
    FACT = "fact"
    OPERATION = "operation"


class Kind(StrEnum):
    """What became of it."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that means something else in the new rulebook than in the old one."""

    subject: Subject
    kind: Kind
    name: str
    """Id of the rule, name of the table, number of the error code …"""
    title: Text
    part: str
    """What of it: `whole`, `version`, `when`, `require`, `message`, `row`, a column's name …"""
    sentence: Text
    """The change in words, a clause without capital letter, full stop and days (`speech.when`)."""
    days: tuple[Days, ...] = ()
    """The days that are answered otherwise; empty for what is the same on every day, such as a
    title."""
    counted_by: Text | None = None
    """Which days these are, in words: `registreringsdagen`; None when several dates ask."""
    key: str = ""
    """Of a table the key of the row, of a rule the code of the demand."""
    was: Text | None = None
    becomes: Text | None = None
    """The old and the new value in words, None where there is none."""
    used_by: tuple[str, ...] = ()
    """Of a table or parameter: ids of the rules that ask it."""
    place: Place = NOWHERE
    """Where it stands in the new rulebook; of what was removed, where it stood in the old one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two rulebooks, in the order of subjects and of the files.

    It is false when nothing does. Rules that stand in another order answer alike, but name their
    findings in another order: `reordered` lists the operations of which that is true.
    """

    old: str
    new: str
    """Ids of the rulebooks."""
    changes: tuple[Change, ...]
    reordered: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)

    def of(self, subject: Subject) -> tuple[Change, ...]:
        """Return the changes of one kind of thing."""
        return tuple(each for each in self.changes if each.subject is subject)

    def by_name(self) -> Iterator[tuple[Subject, str, tuple[Change, ...]]]:
        """Yield for every rule, table … that changed all its changes."""
        grouped: dict[tuple[Subject, str], list[Change]] = {}
        for change in self.changes:
            grouped.setdefault((change.subject, change.name), []).append(change)
        for (subject, name), changes in grouped.items():
            yield subject, name, tuple(changes)
