"""Is every optional fact guarded where a rule reads it?

In: conditions. Out: a problem for every read that a missing value could reach.
Does not know: what the conditions evaluate to.

A guard is `given: true` earlier in the same conjunction, in the `when` around it, or outside a
quantifier. Each branch of `any_of` stands alone, and nothing leaks out of `any_of`, `not` or a
quantifier. `or: absent` stands in for a guard of the subject, never of the operand.
"""

from __future__ import annotations

from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Presence,
    Quantified,
    Reference,
    Scope,
    Version,
)
from engine.reader.reading import Problems
from engine.shape import reference_in

Guarded = frozenset[tuple[Scope, str]]
"""The optional facts and fields that are known to be given."""


def check_guards(version: Version, problems: Problems) -> None:
    """Report every unguarded read of one version."""
    guarded = _walk(version.when, frozenset(), problems)
    for requirement in version.requirements:
        held = _walk(requirement.require, _walk(requirement.when, guarded, problems), problems)
        if version.only_where is not None:
            _walk(version.only_where, held, problems)


def _walk(condition: Condition, guarded: Guarded, problems: Problems) -> Guarded:
    """Check a condition and return what is guarded after it in the same conjunction."""
    match condition:
        case All(parts):
            for part in parts:
                guarded = _walk(part, guarded, problems)
        case AnyOf(parts):
            for part in parts:
                _walk(part, guarded, problems)
        case Not(part):
            _walk(part, guarded, problems)
        case Quantified(where=where):
            _walk(where, guarded, problems)
        case Presence(subject, given):
            return guarded | {_name(subject)} if given else guarded
        case Comparison(subject, _, operand, or_absent):
            if not or_absent:
                _check(subject, guarded, "or write `or: absent` beside the comparison", problems)
            read = reference_in(operand)
            if read is not None:
                _check(read, guarded, "`or: absent` speaks of the subject only", problems)
    return guarded


def _name(reference: Reference) -> tuple[Scope, str]:
    return reference.scope, reference.fact.name


def _check(reference: Reference, guarded: Guarded, otherwise: str, problems: Problems) -> None:
    if not reference.fact.optional or _name(reference) in guarded:
        return
    problems.error(
        "unguarded",
        reference.place,
        f"`{reference.fact.name}` is optional and may be absent here",
        f"put `{reference.fact.name}: {{given: true}}` before it, {otherwise}",
    )
