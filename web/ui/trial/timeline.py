"""The citizen's picture: what the rules know of a citizen, on one time line.

In: facts of an operation, the rulebook, the earliest moment the rules allow. Out: `Timeline`:
lanes with bars and dots on positions from 0 to 1, and the same as rows for those who hear the page.
Does not know: SVG, colours, or any rule. A bar begins on its first day and ends before `until`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from engine.explain.wording import code, day, moment
from engine.facts import Fact, Facts, FactType, Record, Text
from engine.model import Rulebook
from engine.tables import Table
from registry.days import DENMARK, day_of

_OPEN = Text("åben", "open")
_RESETTING = Text("nulstillende", "resetting")
_PLAIN = Text("ikke nulstillende", "not resetting")
_LEAST_DAYS = 60
_MARGIN = 0.04


@dataclass(frozen=True, slots=True)
class Bar:
    """A period; `starts` and `ends` are positions from 0 to 1."""

    label: Text
    starts: float
    ends: float
    open: bool
    words: Text
    """The period in words, for those who hear it and for the pointer."""


@dataclass(frozen=True, slots=True)
class Dot:
    """An interview; `resetting` ones begin the citizen's clock anew."""

    label: Text
    at: float
    resetting: bool
    words: Text


@dataclass(frozen=True, slots=True)
class Lane:
    """One line of the picture: periods, or interviews."""

    name: str
    title: Text
    bars: tuple[tuple[Bar, ...], ...] = ()
    """In rows, so that no two of one row overlap."""
    dots: tuple[Dot, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A line across the picture: the interview that is tried, or the earliest allowed moment."""

    kind: str
    label: Text
    at: float
    words: Text


@dataclass(frozen=True, slots=True)
class Tick:
    """A day on the axis."""

    label: Text
    at: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture."""

    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    first: date
    last: date

    @property
    def spoken(self) -> tuple[tuple[Text, Text], ...]:
        """Everything the picture shows as rows: what kind of thing, and what of it."""
        return tuple(
            [(lane.title, bar.words) for lane in self.lanes for row in lane.bars for bar in row]
            + [(lane.title, dot.words) for lane in self.lanes for dot in lane.dots]
            + [(mark.label, mark.words) for mark in self.marks]
        )


def timeline_of(
    rulebook: Rulebook, operation: str, facts: Facts, earliest: datetime | None
) -> Timeline | None:
    """Return the picture, None when the operation tells nothing of a citizen.

    `earliest` is the first moment at which the rules would accept the interview.
    """
    known = rulebook.catalogue.of_operations([operation])
    lists = [
        (fact, _records(facts, fact.name))
        for fact in known.values()
        if fact.type is FactType.RECORDS and fact.name.startswith("citizen.")
    ]
    periods = [(f, records) for f, records in lists if "from" in f.fields and "until" in f.fields]
    events = [(f, records) for f, records in lists if "held_at" in f.fields]
    if not periods and not events:
        return None
    tried = facts.get("interview.held_at")
    moments = [each for each in (tried, earliest) if isinstance(each, datetime)]
    scale = _Scale.around(_days(periods, events, moments))
    teller = _Teller(rulebook.tables, scale)
    lanes = [teller.dots(fact, records) for fact, records in events]
    lanes += [teller.bars(fact, records) for fact, records in periods if records]
    return Timeline(
        tuple(lanes),
        tuple(_marks(tried, earliest, scale)),
        tuple(_ticks(scale)),
        scale.first,
        scale.last,
    )


def _records(facts: Facts, name: str) -> tuple[Record, ...]:
    value = facts.get(name)
    if not isinstance(value, tuple):
        return ()
    return tuple(each for each in value if isinstance(each, Mapping))


def _days(
    periods: Iterable[tuple[Fact, Sequence[Record]]],
    events: Iterable[tuple[Fact, Sequence[Record]]],
    moments: Iterable[datetime],
) -> list[date]:
    """Return the days that must be inside the picture."""
    found = [day_of(each) for each in moments]
    for _, records in events:
        found += [day_of(m) for each in records if isinstance(m := each["held_at"], datetime)]
    recent = list(found)
    for _, records in periods:
        found += [d for each in records for d in _ends(each)]
    # a membership since 1995 would press everything else into one corner: it is cut, and says so
    if recent:
        floor = _earlier(min(recent), 400)
        found = [max(each, floor) for each in found]
    return found


def _earlier(day: date, days: int) -> date:
    """Return the day so many days before, or the first day there is."""
    return date.fromordinal(max(date.min.toordinal(), day.toordinal() - days))


def _ends(record: Record) -> list[date]:
    return [each for each in (record["from"], record["until"]) if isinstance(each, date)]


@dataclass(frozen=True, slots=True)
class _Scale:
    """Days of the picture to positions from 0 to 1."""

    first: date
    last: date

    @classmethod
    def around(cls, days: Sequence[date]) -> _Scale:
        first, last = (min(days), max(days)) if days else (date(2024, 1, 1), date(2024, 1, 1))
        wide = max((last - first).days, _LEAST_DAYS)
        margin = timedelta(days=round(wide * _MARGIN) + 3)
        try:
            return cls(first - margin, first + timedelta(days=wide) + margin)
        except OverflowError:  # the first or last years that Python can write
            return cls(first, last)

    def of(self, moment: date | datetime) -> float:
        """Return the position of a day's beginning or of a moment, kept inside the picture."""
        start = moment if isinstance(moment, datetime) else _midnight(moment)
        whole = (_midnight(self.last) - _midnight(self.first)).total_seconds() or 1.0
        part = (start - _midnight(self.first)).total_seconds() / whole
        return min(max(part, 0.0), 1.0)


def _midnight(value: date) -> datetime:
    return datetime.combine(value, time(), DENMARK)


@dataclass(frozen=True, slots=True)
class _Teller:
    tables: Mapping[str, Table]
    scale: _Scale

    def dots(self, fact: Fact, records: Sequence[Record]) -> Lane:
        found = []
        for each in sorted(records, key=_held_at):
            held_at = _held_at(each)
            resetting = self.is_resetting(fact, each, day_of(held_at))
            label = self.name_of(fact, each)
            when, kind = moment(held_at), _RESETTING if resetting else _PLAIN
            words = Text(f"{label.da}, {when.da}, {kind.da}", f"{label.en}, {when.en}, {kind.en}")
            found.append(Dot(label, self.scale.of(held_at), resetting, words))
        return Lane(fact.name, fact.label, dots=tuple(found))

    def is_resetting(self, fact: Fact, record: Record, held_on: date) -> bool:
        field = fact.fields.get("resetting")
        if field is None or field.looked_up is None:
            return False
        key = record.get(field.looked_up.key)
        table = self.tables.get(field.looked_up.table)
        row = table.find(key, held_on) if table and isinstance(key, int | str) else None
        return row is not None and row.values.get(field.looked_up.column) is True

    def bars(self, fact: Fact, records: Sequence[Record]) -> Lane:
        rows: list[list[Bar]] = []
        for bar in sorted((self.bar(fact, each) for each in records), key=lambda b: b.starts):
            row = next((each for each in rows if each[-1].ends <= bar.starts), None)
            if row is None:
                rows.append(row := [])
            row.append(bar)
        return Lane(fact.name, fact.label, bars=tuple(tuple(row) for row in rows))

    def bar(self, fact: Fact, record: Record) -> Bar:
        start, until = record["from"], record["until"]
        label = self.name_of(fact, record)
        begins = start if isinstance(start, date) else self.scale.first
        ends = until if isinstance(until, date) else None
        since, to = day(begins), _OPEN if ends is None else day(ends)
        words = Text(
            f"{label.da}, fra {since.da} til {to.da}" if ends else f"{label.da}, fra {since.da}",
            f"{label.en}, from {since.en} to {to.en}" if ends else f"{label.en}, from {since.en}",
        )
        position = self.scale.of(begins)
        end = self.scale.of(ends) if ends else 1.0
        return Bar(label, position, max(end, position), ends is None, words)

    def name_of(self, fact: Fact, record: Record) -> Text:
        """Return what a record is about: its code with a name, or its organisation."""
        coded = [f for f in fact.fields.values() if f.type is FactType.CODE]
        texts = [f for f in fact.fields.values() if f.type is FactType.TEXT]
        parts = [code(record.get(f.name), f.code_list, self.tables) for f in coded]
        parts += [Text(str(record.get(f.name)), str(record.get(f.name))) for f in texts]
        return Text(" ".join(p.da for p in parts), " ".join(p.en for p in parts))


def _held_at(record: Record) -> datetime:
    held_at = record["held_at"]
    assert isinstance(held_at, datetime)  # noqa: S101  # the catalogue says so
    return held_at


def _marks(tried: object, earliest: datetime | None, scale: _Scale) -> Iterator[Mark]:
    if earliest is not None:
        label = Text("Tidligst tilladt", "Earliest allowed")
        yield Mark("earliest", label, scale.of(earliest), moment(earliest))
    if isinstance(tried, datetime):
        label = Text("Denne samtale", "This interview")
        yield Mark("tried", label, scale.of(tried), moment(tried))


_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000)
_SHORT = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
_SHORT_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOST_TICKS = 8


def _ticks(scale: _Scale) -> Iterator[Tick]:
    """Yield the first days of months, at most eight of them."""
    months = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month
    step = next((each for each in _STEPS if months / each <= _MOST_TICKS), _STEPS[-1])
    count = scale.first.year * 12 + scale.first.month  # the month after the first, from 0
    count += -count % step
    while (year := count // 12) <= scale.last.year and year <= date.max.year:
        first = date(year, count % 12 + 1, 1)
        if first > scale.last:
            return
        at = first.month - 1
        label = Text(f"{_SHORT[at]} {year}", f"{_SHORT_EN[at]} {year}")
        yield Tick(label, scale.of(first))
        count += step
