"""Where a condition stands inside a version, and what the trace says of it there.

In: versions of the model, and steps of a decision. Out: paths with conditions, and with traces.
Does not know: cases, nor what is worth trying.

A path is the same in a rule file and in the program made of it: `("requirements", 0, "require", 1,
"where", 0)` is the first part of the `where` in the second part of the first demand.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from engine.decision import ConditionTrace, Step
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Presence,
    Quantified,
    Requirement,
    Version,
)

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one condition: for a condition inside `where` there is one for each record."""

    path: Path
    condition: Condition
    trace: ConditionTrace


def conditions_of(version: Version) -> Iterator[tuple[Path, Condition]]:
    """Yield every condition of a version but plain conjunctions and negations."""
    yield from _inside(("when",), version.when)
    for position, each in enumerate(version.requirements):
        yield from _inside(("requirements", position, "when"), each.when)
        yield from _inside(("requirements", position, "require"), each.require)
    if version.only_where is not None:
        yield from _inside(("only_where",), version.only_where)


def looks_of(version: Version, step: Step, *, narrowed: bool) -> Iterator[Look]:
    """Yield every look at every condition of a version that was applied, as its step tells.

    `narrowed` says that the grant asked its `only_where`, which then stands beside what it demands.
    """
    if step.when is None:
        return
    yield from _looked(("when",), version.when, step.when)
    for position, (demand, traced) in enumerate(
        zip(version.requirements, step.requirements, strict=False)
    ):
        root: Path = ("requirements", position)
        yield from _looked((*root, "when"), demand.when, traced.when)
        if traced.require is None:
            continue
        if narrowed and isinstance(demand.require, All):
            require, only = demand.require.parts
            yield from _looked((*root, "require"), require, traced.require.parts[0])
            yield from _looked(("only_where",), only, traced.require.parts[1])
        else:
            yield from _looked((*root, "require"), demand.require, traced.require)


def negated(version: Version, path: Path) -> Version:
    """Return the version with the condition at `path` turned into its opposite."""
    match path:
        case ("when", *rest):
            when = _negated(version.when, tuple(rest))
            return replace(version, when=when if isinstance(when, All) else All((when,)))
        case ("only_where", *rest):
            assert version.only_where is not None  # noqa: S101  # a path of this very version
            only = _negated(version.only_where, tuple(rest))
            return replace(version, only_where=only if isinstance(only, All) else All((only,)))
        case ("requirements", int(position), str(part), *rest):
            demands = list(version.requirements)
            demands[position] = _negated_in(demands[position], part, tuple(rest))
            return replace(version, requirements=tuple(demands))
        case _:
            raise AssertionError(path)


def _negated_in(demand: Requirement, part: str, rest: Path) -> Requirement:
    if part == "when":
        return replace(demand, when=_negated(demand.when, rest))
    return replace(demand, require=_negated(demand.require, rest))


def _negated(condition: Condition, path: Path) -> Condition:
    if not path:
        return Not(condition)
    step, rest = path[0], path[1:]
    match condition:
        case All(parts) | AnyOf(parts):
            assert isinstance(step, int)  # noqa: S101  # a path of this very condition
            changed = _negated(parts[step], rest)
            return replace(condition, parts=(*parts[:step], changed, *parts[step + 1 :]))
        case Not(part):
            return replace(condition, part=_negated(part, rest))
        case Quantified(where=where):
            return replace(condition, where=_negated(where, rest))
        case Comparison() | Presence():
            raise AssertionError(path)
        case _:
            assert_never(condition)


def _inside(path: Path, condition: Condition) -> Iterator[tuple[Path, Condition]]:
    match condition:
        case All(parts):
            for position, part in enumerate(parts):
                yield from _inside((*path, position), part)
        case AnyOf(parts):
            yield path, condition
            for position, part in enumerate(parts):
                yield from _inside((*path, position), part)
        case Not(part):
            yield from _inside((*path, "not"), part)
        case Quantified(where=where):
            yield path, condition
            yield from _inside((*path, "where"), where)
        case Comparison() | Presence():
            yield path, condition
        case _:
            assert_never(condition)


def _looked(path: Path, condition: Condition, trace: ConditionTrace) -> Iterator[Look]:
    if trace.holds is None:
        return
    match condition:
        case All(parts) | AnyOf(parts):
            if isinstance(condition, AnyOf):
                yield Look(path, condition, trace)
            for position, (part, traced) in enumerate(zip(parts, trace.parts, strict=True)):
                yield from _looked((*path, position), part, traced)
        case Not(part):
            yield from _looked((*path, "not"), part, trace.parts[0])
        case Quantified(where=where):
            yield Look(path, condition, trace)
            for record in trace.records:
                yield from _looked((*path, "where"), where, record.where)
        case Comparison() | Presence():
            yield Look(path, condition, trace)
        case _:
            assert_never(condition)
