"""Which kind of field each type of the model has: found from its annotations, once.

In: the class of the outermost object. Out: every class that it can reach, with its fields' kinds.
Does not know: how a kind is written. So a field that is added to the model needs nothing here,
unless its type is of a new kind.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any

from engine.dated import Dated
from engine.snapshot.kinds import (
    Choice,
    Day,
    Kind,
    Link,
    Literal,
    Pairs,
    Perhaps,
    Plain,
    Several,
    Words,
)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a class."""

    name: str
    kind: Kind
    linked: bool
    """Whether its values can refer to objects."""


Fields = tuple[Field, ...]


@cache
def fields_below(outermost: type) -> Mapping[type, Fields]:
    """Return the fields of every class that objects of `outermost` can refer to."""
    found: dict[type, Fields] = {}
    waiting = [outermost]
    while waiting:
        each = waiting.pop()
        if each not in found:
            hints = typing.get_type_hints(each)
            linked = {name: frozenset(_classes(hint)) for name, hint in hints.items()}
            found[each] = tuple(
                Field(field.name, kind_of(hints[field.name]), bool(linked[field.name]))
                for field in fields(each)
            )
            waiting.extend(cls for classes in linked.values() for cls in classes)
    return found


def kind_of(hint: Any) -> Kind:
    """Return the kind for an annotation; raises `TypeError` for one that the model never had."""
    if isinstance(hint, type) and typing.get_origin(hint) is None:
        return _of_class(hint)
    outer, inner = typing.get_origin(hint), typing.get_args(hint)
    if outer in (types.UnionType, typing.Union):
        return _of_union(inner)
    if outer is tuple:
        return Several(kind_of(_only({*inner} - {...})))
    if outer is frozenset:
        return Several(kind_of(inner[0]), frozenset, unordered=True)
    if outer is Dated:
        return Pairs(Day(), kind_of(inner[0]), Dated)
    if isinstance(outer, type) and issubclass(outer, Mapping):
        return Pairs(kind_of(inner[0]), kind_of(inner[1]))
    raise TypeError(f"no kind of field is known for {hint}")


def _of_class(cls: type) -> Kind:
    if cls is str:
        return Words()
    if cls in (int, bool):
        return Plain(frozenset({cls}))
    if cls is date:
        return Day()
    if issubclass(cls, Enum):
        return Choice(cls)
    if is_dataclass(cls):
        return Link(frozenset({cls}))
    raise TypeError(f"no kind of field is known for {cls}")


def _of_union(members: tuple[Any, ...]) -> Kind:
    there = [each for each in members if each is not types.NoneType]
    if len(there) < len(members):
        return Perhaps(kind_of(there[0]) if len(there) == 1 else _of_union(tuple(there)))
    if all(is_dataclass(each) for each in there):
        return Link(frozenset(there))
    if {int, str} <= {*there} <= {int, str, date, datetime, *_tuples(there)}:
        return Literal()
    raise TypeError(f"no kind of field is known for {members}")


def _tuples(members: list[Any]) -> Iterator[Any]:
    return (each for each in members if typing.get_origin(each) is tuple)


def _classes(hint: Any) -> Iterator[type]:
    """Yield the dataclasses that an annotation names."""
    if is_dataclass(hint) and isinstance(hint, type):
        yield hint
    for each in typing.get_args(hint):
        yield from _classes(each)


def _only(members: set[Any]) -> Any:
    (member,) = members
    return member
