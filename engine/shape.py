"""What evaluators want to know of a condition before they evaluate it.

In: a condition of the model. Out: its conjuncts, what it refers to, what it costs.
Does not know: facts, or whether the condition holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import assert_never

from engine.facts import Fact
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Not,
    Operand,
    Operator,
    Presence,
    Quantified,
    Reference,
    Scope,
    Shifted,
)


def conjuncts(condition: Condition) -> list[Condition]:
    """Return the conjuncts of nested `all`; of negations only double ones are resolved."""
    match condition:
        case All(parts):
            return [each for part in parts for each in conjuncts(part)]
        case Not(Not(part)):
            return conjuncts(part)
        case Not(All((part,))):
            return conjuncts(Not(part))
        case _:
            return [condition]


def split(parts: Iterable[Condition]) -> tuple[list[Condition], list[Condition]]:
    ordered = sorted(parts, key=cost)
    return [p for p in ordered if is_pure(p)], [p for p in ordered if not is_pure(p)]


def is_pure(condition: Condition) -> bool:
    """Tell whether the condition is one Python expression, that is, holds no quantifier."""
    match condition:
        case All(parts) | AnyOf(parts):
            return all(is_pure(part) for part in parts)
        case Not(part):
            return is_pure(part)
        case Quantified():
            return False
        case Comparison() | Presence():
            return True
        case _:
            assert_never(condition)


def cost(condition: Condition) -> int:
    """Estimate what it takes to evaluate the condition, in comparisons of two numbers."""
    match condition:
        case All(parts) | AnyOf(parts):
            return sum(cost(part) for part in parts)
        case Not(part):
            return cost(part)
        case Presence():
            return 1
        case Quantified(where=where):
            return 100 + cost(where)
        case Comparison(operator=operator):
            looked_up = any(each.fact.looked_up is not None for each in references_of(condition))
            dear = operator in (Operator.IN_FORCE_ON, Operator.MATCHES) or (
                looked_up and condition.subject.scope is Scope.FIELD
            )
            return 10 if dear else 1
        case _:
            assert_never(condition)


def facts_read(condition: Condition) -> set[str]:
    """Return the names of the facts that the condition reads, fields of records left out."""
    match condition:
        case All(parts) | AnyOf(parts):
            return {name for part in parts for name in facts_read(part)}
        case Not(part):
            return facts_read(part)
        case Presence(subject):
            return {subject.fact.name} if subject.scope is Scope.FACT else set()
        case Quantified(records=records, where=where):
            return {records.name} | facts_read(where)
        case Comparison():
            return {each.fact.name for each in references_of(condition) if each.scope is Scope.FACT}
        case _:
            assert_never(condition)


def facts_needed(conditions: Iterable[Condition], catalogue: Mapping[str, Fact]) -> set[str]:
    """Return the names of the facts without which the conditions cannot be evaluated.

    What is looked up needs what it is looked up by; optional facts are not needed.
    """
    needed: dict[str, bool] = {}
    for condition in conditions:
        for fact, fields in _asked(condition, {}):
            _need(fact, fields, catalogue, needed)
    return {name for name, given in needed.items() if given}


def _need(
    fact: Fact, fields: Mapping[str, Fact], catalogue: Mapping[str, Fact], needed: dict[str, bool]
) -> None:
    if fact.looked_up is None:
        needed[fact.name] = not fact.optional
        return
    for name in (fact.looked_up.key, fact.looked_up.on):
        if name not in fields:
            _need(catalogue[name], {}, catalogue, needed)


def _asked(
    condition: Condition, fields: Mapping[str, Fact]
) -> Iterator[tuple[Fact, Mapping[str, Fact]]]:
    """Yield facts, and the fields that are looked up, each with the fields of its record."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from _asked(part, fields)
        case Not(part):
            yield from _asked(part, fields)
        case Quantified(records=records, where=where):
            yield records, {}
            yield from _asked(where, records.fields)
        case Presence(subject):
            yield from _asked_of((subject,), fields)
        case Comparison():
            yield from _asked_of(references_of(condition), fields)


def _asked_of(
    references: Iterable[Reference], fields: Mapping[str, Fact]
) -> Iterator[tuple[Fact, Mapping[str, Fact]]]:
    for reference in references:
        if reference.scope is Scope.FACT:
            yield reference.fact, {}
        elif reference.fact.looked_up is not None:
            yield reference.fact, fields


def reference_in(operand: Operand) -> Reference | None:
    """Return the fact or field whose value the operand takes, if it takes one."""
    match operand:
        case Reference():
            return operand
        case Shifted(base=base):
            return base
        case _:
            return None


def references_of(comparison: Comparison) -> Iterable[Reference]:
    """Yield the subject, and what it is compared with if that is a fact or field."""
    yield comparison.subject
    other = reference_in(comparison.operand)
    if other is not None:
        yield other
