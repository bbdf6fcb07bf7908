"""How the values of one field are written as JSON, and read back as nothing else.

In: a column, the values that one field has in many objects. Out: a column of JSON, or of values
again; `Unreadable` when the JSON holds anything that such a field cannot have.
Does not know: which fields there are (`fields` asks their types), nor in which order objects stand.

Columns are read whole, because that is several times faster than value by value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from itertools import chain, islice
from typing import Any, Protocol

from engine.dated import Dated

Column = Sequence[Any]
"""The values, or the JSON, of one field; `Any` because a field can have any type of the model."""


class Unreadable(ValueError):
    """The JSON is not what a snapshot holds."""


@dataclass(frozen=True, slots=True)
class Numbered:
    """What fields refer to by number: objects that stand before, and texts."""

    objects: list[object]
    texts: list[str]


class Numbers(Protocol):
    """Gives the numbers while objects are written."""

    def of_object(self, value: object) -> int: ...

    def of_text(self, text: str) -> int: ...


class Kind(Protocol):
    """One kind of field."""

    def objects(self, value: Any) -> Iterable[object]:
        """Yield the objects that a value refers to."""

    def written(self, value: Any, numbers: Numbers) -> object:
        """Return a value as JSON."""

    def read(self, column: Column, known: Numbered) -> Column:
        """Return the values; raises `Unreadable`."""


class _WithoutObjects:
    def objects(self, value: Any) -> Iterable[object]:  # noqa: ARG002  # as `Kind` has it
        return ()


@dataclass(frozen=True, slots=True)
class Plain(_WithoutObjects):
    """Numbers, truth values and texts that stand in JSON as they are."""

    types: frozenset[type]

    def written(self, value: Any, numbers: Numbers) -> object:  # noqa: ARG002  # as `Kind` has it
        return value

    def read(self, column: Column, known: Numbered) -> Column:  # noqa: ARG002  # as `Kind` has it
        _of_types(column, self.types)
        return column


class Words(_WithoutObjects):
    """Texts, each of which is written once however often it stands."""

    def written(self, value: Any, numbers: Numbers) -> object:
        return numbers.of_text(value)

    def read(self, column: Column, known: Numbered) -> Column:
        return _picked(column, known.texts)


class Day(_WithoutObjects):
    """Calendar days, as the number of the day."""

    def written(self, value: Any, numbers: Numbers) -> object:  # noqa: ARG002  # as `Kind` has it
        return value.toordinal()

    def read(self, column: Column, known: Numbered) -> Column:  # noqa: ARG002  # as `Kind` has it
        return [_day(each) for each in column]


@dataclass(frozen=True, slots=True)
class Choice(_WithoutObjects):
    """Words of a closed list."""

    words: type[Enum]

    def written(self, value: Any, numbers: Numbers) -> object:  # noqa: ARG002  # as `Kind` has it
        return value.value

    def read(self, column: Column, known: Numbered) -> Column:  # noqa: ARG002  # as `Kind` has it
        _of_types(column, _TEXT)
        choices: dict[Any, Enum] = {each.value: each for each in self.words}
        try:
            return [choices[each] for each in column]
        except KeyError as error:
            raise Unreadable("a word is not of its list") from error


class Literal(_WithoutObjects):
    """What an analyst can write as a value: a list of such values too."""

    def written(self, value: Any, numbers: Numbers) -> object:
        match value:
            case datetime():
                return {"moment": value.isoformat()}
            case date():
                return {"day": value.toordinal()}
            case tuple():
                return [self.written(each, numbers) for each in value]
            case _:
                return value

    def read(self, column: Column, known: Numbered) -> Column:  # noqa: ARG002  # as `Kind` has it
        if set(map(type, column)) <= _AS_IT_IS:
            return column
        return [tuple(map(_value, each)) if type(each) is list else _value(each) for each in column]


@dataclass(frozen=True, slots=True)
class Link:
    """Other objects, by their numbers."""

    classes: frozenset[type]

    def objects(self, value: Any) -> Iterable[object]:
        return (value,)

    def written(self, value: Any, numbers: Numbers) -> object:
        return numbers.of_object(value)

    def read(self, column: Column, known: Numbered) -> Column:
        found = _picked(column, known.objects)
        _of_types(found, self.classes)
        return found


@dataclass(frozen=True, slots=True)
class Perhaps:
    """A value that may be missing."""

    kind: Kind

    def objects(self, value: Any) -> Iterable[object]:
        return () if value is None else self.kind.objects(value)

    def written(self, value: Any, numbers: Numbers) -> object:
        return None if value is None else self.kind.written(value, numbers)

    def read(self, column: Column, known: Numbered) -> Column:
        there = iter(self.kind.read([each for each in column if each is not None], known))
        return [None if each is None else next(there) for each in column]


@dataclass(frozen=True, slots=True)
class Several:
    """Values of one kind in a row, and what is made of them."""

    kind: Kind
    made: Callable[[Iterator[Any]], object] = tuple
    unordered: bool = False
    """Whether the order is ours, so that equal values are written alike."""

    def objects(self, value: Any) -> Iterable[object]:
        return chain.from_iterable(map(self.kind.objects, value))

    def written(self, value: Any, numbers: Numbers) -> object:
        ordered = sorted(value) if self.unordered else value
        return [self.kind.written(each, numbers) for each in ordered]

    def read(self, column: Column, known: Numbered) -> Column:
        _of_types(column, _LIST)
        values = iter(self.kind.read(list(chain.from_iterable(column)), known))
        return [self.made(islice(values, len(each))) for each in column]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Keys with values, in order: of a mapping, or days with what begins on them."""

    keys: Kind
    values: Kind
    made: Callable[[Iterator[tuple[Any, Any]]], object] = dict

    def objects(self, value: Any) -> Iterable[object]:
        return chain.from_iterable(self.values.objects(each) for _, each in _pairs(value))

    def written(self, value: Any, numbers: Numbers) -> object:
        pairs = list(_pairs(value))
        return [
            [self.keys.written(key, numbers) for key, _ in pairs],
            [self.values.written(each, numbers) for _, each in pairs],
        ]

    def read(self, column: Column, known: Numbered) -> Column:
        _of_types(column, _LIST)
        try:
            keys, values = ([each[side] for each in column] for side in (0, 1))
        except IndexError as error:
            raise Unreadable("keys or values are missing") from error
        all_keys, all_values = Several(self.keys), Several(self.values)
        try:
            return [
                self.made(zip(of_keys, of_values, strict=True))
                for of_keys, of_values in zip(
                    all_keys.read(keys, known), all_values.read(values, known), strict=True
                )
            ]
        except ValueError as error:  # of `zip`, or of a `Dated` with a day that stands twice
            raise Unreadable("keys do not fit their values") from error


_TEXT = frozenset({str})
_LIST = frozenset({list})
_AS_IT_IS = frozenset({int, str, bool})
_NUMBER = frozenset({int})


def _pairs(value: Any) -> Iterator[tuple[Any, Any]]:
    return iter(value) if isinstance(value, Dated) else iter(value.items())


def _of_types(column: Iterable[object], types: frozenset[type]) -> None:
    if not set(map(type, column)) <= types:
        raise Unreadable("a value is of a kind that its field cannot have")


def _picked(column: Column, known: Sequence[Any]) -> list[Any]:
    """Return what stands at these numbers; one that is negative would count from the end."""
    _of_types(column, _NUMBER)
    if column and not (min(column) >= 0 and max(column) < len(known)):
        raise Unreadable("a number leads nowhere")
    return [known[number] for number in column]


def _value(plain: object) -> object:
    match plain:
        case bool() | int() | str():
            return plain
        case {"day": number, **rest} if not rest:
            return _day(number)
        case {"moment": str(text), **rest} if not rest:
            return _moment(text)
        case _:
            raise Unreadable("a value is of no kind that a file can hold")


def _day(number: object) -> date:
    if type(number) is not int:
        raise Unreadable("a day is no number")
    try:
        return date.fromordinal(number)
    except (ValueError, OverflowError) as error:
        raise Unreadable("a day is not of the calendar") from error


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Unreadable("a moment is not of the calendar") from error
