"""Dated look-up tables, code lists, parameters and error codes: what `config/` holds.

In: values that `read_tables` took from the files. Out: the row in force for a key on a day.
Does not know: which rule asks, nor what a contact group is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.dated import Dated
from engine.facts import FactType, Scalar, Text, Value
from engine.problems import NOWHERE, Place

ORGANISATION_TYPES = "organisation_types"
"""The code list of the kinds of organisations that a notice can tell."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    type: FactType
    label: Text
    code_list: str | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """What a table says of one key from one day on.

    `name` is set in code lists. `confidence` is one of official, published, inferred, assumed.
    `withdrawn` ends the key on that day. With `only_with` the row counts only on days on which
    the boolean parameter of that name is true.
    """

    key: int | str
    values: Mapping[str, Value]
    confidence: str
    valid_from: date
    name: Text | None = None
    withdrawn: bool = False
    only_with: Dated[Scalar] | None = None
    only_with_name: str | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A dated table: for each key the rows that follow one another."""

    name: str
    title: Text
    key: Column
    columns: Mapping[str, Column]
    rows: Mapping[int | str, Dated[Row]]
    place: Place = field(default=NOWHERE, compare=False)

    def find(self, key: int | str, day: date) -> Row | None:
        """Return the row of `key` in force on `day`, or None when the table says nothing then."""
        history = self.rows.get(key)
        row = history.on(day) if history is not None else None
        if row is None or row.withdrawn:
            return None
        if row.only_with is not None and row.only_with.on(day) is not True:
            return None
        return row

    def on(self, day: date) -> Iterator[Row]:
        """Yield every row in force on `day`, in the order of the file."""
        for key in self.rows:
            row = self.find(key, day)
            if row is not None:
                yield row


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named legal number (or text, date, switch) with its value for each period."""

    name: str
    type: FactType
    title: Text
    unit: Text | None
    values: Dated[Scalar]
    bases: Dated[tuple[str, str]]
    """For each value the text of its basis and the confidence."""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """An error code, where its number comes from, and the number it has after the move to REST."""

    code: str
    title: Text
    origin: str
    """official, adopted or assigned."""
    new_code: str | None = None
    rule: str | None = None
    place: Place = field(default=NOWHERE, compare=False)
