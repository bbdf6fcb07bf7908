"""A table beside its former self: row by row and cell by cell, for the days of each row.

In: the old and the new table. Out: its changes, keys and codes with their names.
Does not know: who asks the table, nor in which order its rows stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.dated import Dated
from engine.difference.attributes import Attribute, Attributes, bilingual, differing, plain
from engine.difference.speech import Speech, is_code_list, joined
from engine.difference.timeline import Days, Stretch, stretches
from engine.difference.values import Change, Kind, Subject
from engine.explain.wording import CONFIDENCES
from engine.facts import FactType, Text, Value
from engine.model import Confidence
from engine.problems import NOWHERE, Place
from engine.tables import Column, Row, Table

_NOTHING: Dated[Row] = Dated(())


@dataclass(frozen=True, slots=True)
class TableChanges:
    """Tells the changes of one table; `old` or `new` is None when there is no such table."""

    old: Table | None
    new: Table | None
    speech: Speech
    counted_by: Text | None = None
    used_by: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        table = self.new or self.old
        assert table is not None  # noqa: S101  # one of the two is always there
        return table

    def changes(self) -> Iterator[Change]:
        """Yield the changes, those of the table as a whole first."""
        if self.old is None or self.new is None:
            added = self.old is None
            said = Text("tabellen er ny", "the table is new")
            if not added:
                said = Text("tabellen er fjernet", "the table is removed")
            yield self._change(Kind.ADDED if added else Kind.REMOVED, "whole", said)
            return
        for each in differing(_head(self.old), _head(self.new)):
            yield self._change(Kind.CHANGED, each.part, each.said, was=each.was, now=each.becomes)
        for key in dict.fromkeys((*self.new.rows, *self.old.rows)):
            yield from self._of_key(key)

    def _of_key(self, key: int | str) -> Iterator[Change]:
        assert self.old is not None and self.new is not None  # noqa: S101, PT018  # asked before
        old, new = (each.rows.get(key, _NOTHING) for each in (self.old, self.new))
        found = [change for each in stretches(old, new) for change in self._of_stretch(key, each)]
        if not found and [*_written(old)] != [*_written(new)]:
            said = self._of(
                key,
                Text(
                    "rækkerne er delt eller samlet på andre dage, uden at noget er ændret",
                    "the rows are divided or joined on other days, with nothing changed",
                ),
            )
            found = [self._change(Kind.CHANGED, "row", said, key=key)]
        yield from found

    def _of_stretch(self, key: int | str, stretch: Stretch[Row]) -> Iterator[Change]:
        old, new, days = _there(stretch.old), _there(stretch.new), stretch.days
        if old is None and new is None:
            yield from self._of_attributes(
                key, _sureness(stretch.old), _sureness(stretch.new), days
            )
        elif old is None and new is not None:
            words = self._row(new)
            said = Text("står nu i tabellen", "is now in the table")
            said = (
                said if words is None else Text(f"{said.da}: {words.da}", f"{said.en}: {words.en}")
            )
            yield self._change(
                Kind.ADDED, "row", self._of(key, said), key, (days,), now=words, place=new.place
            )
        elif new is None and old is not None:
            words = self._row(old)
            said = Text("står ikke længere i tabellen", "is no longer in the table")
            yield self._change(
                Kind.REMOVED, "row", self._of(key, said), key, (days,), was=words, place=old.place
            )
        elif old is not None and new is not None:
            for column in self.table.columns.values():
                yield from self._cell(key, column, old, new, days)
            yield from self._of_attributes(key, self._beside(old), self._beside(new), days)

    def _cell(
        self, key: int | str, column: Column, old: Row, new: Row, days: Days
    ) -> Iterator[Change]:
        before, after = old.values.get(column.name), new.values.get(column.name)
        if _same(before, after):
            return
        was, now = self.speech.value(before, column), self.speech.value(after, column)
        if column.type is FactType.CODES and isinstance(before, tuple) and isinstance(after, tuple):
            said = self._came_and_went(column, before, after)
        else:
            said = Text(
                f"{column.label.da} er nu {now.da} (før {was.da})",
                f"{column.label.en} is now {now.en} (before {was.en})",
            )
        yield self._change(
            Kind.CHANGED,
            column.name,
            self._of(key, said),
            key,
            (days,),
            was=was,
            now=now,
            place=new.place,
        )

    def _came_and_went(
        self, column: Column, before: tuple[Value, ...], after: tuple[Value, ...]
    ) -> Text:
        """Return `de tilladte samtaletyper omfatter nu også 18 (…) og ikke længere 7 (…)`."""
        code = Column(column.name, FactType.CODE, column.label, column.code_list)
        gained, lost = (
            joined(tuple(self.speech.value(each, code) for each in dict.fromkeys(values)))
            for values in (
                [each for each in after if each not in before],
                [each for each in before if each not in after],
            )
        )
        parts = []
        if gained.da:
            parts.append(Text(f"nu også {gained.da}", f"now also include {gained.en}"))
        if lost.da:
            parts.append(Text(f"ikke længere {lost.da}", f"no longer include {lost.en}"))
        told = joined(tuple(parts))
        return Text(f"{column.label.da} omfatter {told.da}", f"{column.label.en} {told.en}")

    def _beside(self, row: Row) -> Attributes:
        return {
            **bilingual("name", "navnet", "the name", row.name),
            "only_with": plain(
                "parameteren, den afhænger af,", "the parameter it depends on", row.only_with_name
            ),
            **_sureness(row),
        }

    def _of_attributes(
        self, key: int | str, old: Attributes, new: Attributes, days: Days
    ) -> Iterator[Change]:
        for each in differing(old, new):
            yield self._change(
                Kind.CHANGED,
                each.part,
                self._of(key, each.said),
                key,
                (days,),
                was=each.was,
                now=each.becomes,
            )

    def _row(self, row: Row) -> Text | None:
        cells = []
        for column in self.table.columns.values():
            if column.name in row.values:
                said = self.speech.value(row.values[column.name], column)
                cells.append(Text(f"{column.label.da}: {said.da}", f"{column.label.en}: {said.en}"))
        if not cells:
            return None
        return Text("; ".join(each.da for each in cells), "; ".join(each.en for each in cells))

    def _of(self, key: int | str, said: Text) -> Text:
        name = self.speech.key(key, self.table)
        return Text(f"{name.da}: {said.da}", f"{name.en}: {said.en}")

    def _change(
        self,
        kind: Kind,
        part: str,
        said: Text,
        key: int | str = "",
        days: tuple[Days, ...] = (),
        *,
        was: Text | None = None,
        now: Text | None = None,
        place: Place = NOWHERE,
    ) -> Change:
        return Change(
            Subject.CODE_LIST if is_code_list(self.table) else Subject.TABLE,
            kind,
            self.table.name,
            self.table.title,
            part,
            said,
            days,
            self.counted_by if days else None,
            str(key),
            was,
            now,
            self.used_by,
            self.table.place if place == NOWHERE else place,
        )


def _there(row: Row | None) -> Row | None:
    return None if row is None or row.withdrawn else row


def _written(history: Dated[Row]) -> Iterator[tuple[object, bool]]:
    for start, row in history:
        yield start, row.withdrawn


def _same(before: Value | None, after: Value | None) -> bool:
    """Tell whether two cells say the same; the order of codes says nothing."""
    if isinstance(before, tuple) and isinstance(after, tuple):
        return frozenset(before) == frozenset(after)
    return type(before) is type(after) and before == after


def _sureness(row: Row | None) -> Attributes:
    if row is None:
        return {}
    return {
        "confidence": Attribute(
            Text("sikkerheden", "the confidence"), CONFIDENCES[Confidence(row.confidence)]
        )
    }


def _head(table: Table) -> Attributes:
    columns = {
        f"column {each.name}": attribute
        for each in table.columns.values()
        for attribute in (_column("kolonnen", "the column", each),)
    }
    return {
        **bilingual("title", "titlen", "the title", table.title),
        "key": _column("nøglen", "the key", table.key),
        **columns,
    }


def _column(label_da: str, label_en: str, column: Column) -> Attribute:
    of = (
        column.type.value
        if column.code_list is None
        else f"{column.type.value}({column.code_list})"
    )
    return Attribute(
        Text(f"{label_da} `{column.name}`", f"{label_en} `{column.name}`"),
        Text(
            f"»{column.label.da}« / »{column.label.en}« ({of})",
            f"“{column.label.en}” / “{column.label.da}” ({of})",
        ),
    )
