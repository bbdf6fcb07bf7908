"""The matrix contact group by interview type on a day, and the days on which it changes.

In: the tables of a rulebook and a day. Out: `Matrix`, `Change`s between two of them.
Does not know: files, sheets, or pages. A row of the table holds for a whole contact group, so the
confidence of a cell is that of its group on that day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.dated import SINCE_EVER
from engine.facts import Text
from engine.model import Confidence
from engine.tables import Row, Table

TABLE = "allowed_interview_types"
COLUMN = "interview_types"


@dataclass(frozen=True, slots=True)
class Named:
    """A code with its name on the day."""

    code: int | str
    name: Text
    in_force: bool


@dataclass(frozen=True, slots=True)
class Group:
    """One contact group: the types allowed for it, and how sure that is.

    `confidence` is None where the table says nothing of the group: then no type is allowed.
    """

    named: Named
    allowed: frozenset[int | str]
    confidence: Confidence | None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole table on one day."""

    day: date
    types: tuple[Named, ...]
    groups: tuple[Group, ...]
    by_code: Mapping[int | str, Group] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_code", {each.named.code: each for each in self.groups})

    @property
    def allowed(self) -> int:
        """How many cells allow."""
        return sum(len(each.allowed) for each in self.groups)


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one contact group between two matrices."""

    group: Named
    added: tuple[Named, ...]
    removed: tuple[Named, ...]
    was: Confidence | None
    becomes: Confidence | None

    @property
    def more_certain(self) -> bool:
        """Tell whether the new row claims to be surer than the old one was."""
        order = tuple(Confidence)
        return (
            self.was is not None
            and self.becomes is not None
            and order.index(self.becomes) < order.index(self.was)
        )


def has_matrix(tables: Mapping[str, Table]) -> bool:
    """Tell whether the rulebook has the table, with the columns that the page shows."""
    table = tables.get(TABLE)
    return (
        table is not None
        and COLUMN in table.columns
        and table.key.code_list in tables
        and table.columns[COLUMN].code_list in tables
    )


def matrix_on(tables: Mapping[str, Table], day: date) -> Matrix:
    """Return the matrix of `day`; raises `KeyError` where `has_matrix` is false.

    Its types are those in force and those that a group allows all the same.
    """
    table = tables[TABLE]
    groups = tuple(
        _group(named, table.find(named.code, day))
        for named in _named(tables[table.key.code_list or ""], day)
    )
    used = frozenset(code for group in groups for code in group.allowed)
    types = tuple(
        each
        for each in _named(tables[table.columns[COLUMN].code_list or ""], day)
        if each.in_force or each.code in used
    )
    return Matrix(day, types, groups)


def versions_of(tables: Mapping[str, Table]) -> tuple[date, ...]:
    """Return every day on which a cell, a name or a confidence of the matrix begins to differ."""
    table = tables[TABLE]
    lists = (tables[table.key.code_list or ""], tables[table.columns[COLUMN].code_list or ""])
    starts = {
        start
        for each in (table, *lists)
        for history in each.rows.values()
        for start in history.starts
        if start != SINCE_EVER
    }
    days = sorted(starts)
    found: list[date] = []
    before: Matrix | None = None
    for day in days:
        matrix = matrix_on(tables, day)
        if before is None or _shown(matrix) != _shown(before):
            found.append(day)
        before = matrix
    return tuple(found)


def changes(old: Matrix, new: Matrix) -> Iterator[Change]:
    """Yield what became of every group that changed, in the order of the new matrix."""
    types = {each.code: each for each in (*old.types, *new.types)}
    for group in new.groups:
        before = old.by_code.get(group.named.code)
        allowed = before.allowed if before is not None else frozenset()
        confidence = before.confidence if before is not None else None
        if allowed != group.allowed or confidence != group.confidence:
            yield Change(
                group.named,
                _listed(group.allowed - allowed, types),
                _listed(allowed - group.allowed, types),
                confidence,
                group.confidence,
            )


def _listed(codes: frozenset[int | str], types: Mapping[int | str, Named]) -> tuple[Named, ...]:
    unknown = [code for code in codes if code not in types]
    known = [named for code, named in types.items() if code in codes]
    return (*known, *(Named(code, Text(f"{code}", f"{code}"), False) for code in unknown))


def _shown(matrix: Matrix) -> object:
    return (
        matrix.types,
        tuple((each.named, each.allowed, each.confidence) for each in matrix.groups),
    )


def _group(named: Named, row: Row | None) -> Group:
    if row is None:
        return Group(named, frozenset(), None)
    allowed = row.values[COLUMN]
    return Group(
        named,
        frozenset(each for each in allowed if isinstance(each, int | str))
        if isinstance(allowed, tuple)
        else frozenset(),
        Confidence(row.confidence),
        row.valid_from,
    )


def _named(codes: Table, day: date) -> Iterator[Named]:
    for key, history in codes.rows.items():
        row = codes.find(key, day)
        latest = [each.name for _, each in history if each.name is not None]
        name = row.name if row is not None and row.name is not None else None
        if name is None:
            name = latest[-1] if latest else Text(f"{key}", f"{key}")
        yield Named(key, name, row is not None)
