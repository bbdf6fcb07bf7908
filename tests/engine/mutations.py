"""Every way in which one value inside a rulebook can be another one.

In: a rulebook. Out: for every value in it where it stands, and the rulebook in which it differs.
Does not know: what the values mean; places, which mean nothing, are left alone, and so are values
that only repeat another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any

from engine.dated import Dated
from engine.facts import Fact
from engine.model import Confidence, Operator, Quantified, Rulebook
from engine.operators import OPERATORS
from engine.problems import Place

REPEATED = {
    "Rulebook.id": "a hash of the rest",
    "Rulebook.content": "hashes of the rest",
    "RuleFile.name": "the name a file is found by",
    "RuleFile.operations": "every rule has its own",
    "Rule.id": "the name a rule is found by",
    "Version.valid_from": "the history it stands in says it",
    "Fact.name": "the name a fact is found by",
    "Column.name": "the name a column is found by",
    "Row.key": "the key of the history",
    "Row.valid_from": "the history it stands in says it",
    "Row.only_with": "the values of the parameter that `only_with_name` names",
    "Table.name": "the name a table is found by",
    "Parameter.name": "the name a parameter is found by",
    "ErrorCode.code": "the number a code is found by",
    "ParameterReference.type": "the type of the parameter",
}
"""What is not changed by itself, and why."""


def mutations(rulebook: Rulebook) -> Iterator[tuple[str, Rulebook]]:
    """Yield every rulebook with one value changed."""
    yield from _changed(rulebook, "rulebook")


def _changed(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Place):
        return
    if is_dataclass(value) and not isinstance(value, type):
        yield from _of_fields(value, where)
    elif isinstance(value, Dated):
        entries = list(value)
        for number, (start, entry) in enumerate(entries):
            others = entries[:number] + entries[number + 1 :]
            if where.endswith(".bases"):  # they begin when the values do
                for inner, mutated in _changed(entry, f"{where}[{start}]"):
                    yield inner, Dated([*others, (start, mutated)])
                continue
            yield f"{where} without {start}", Dated(others)
            for inner, mutated in _changed(entry, f"{where}[{start}]"):
                yield inner, Dated([*others, (start, mutated)])
            later = start + timedelta(days=1)
            if later not in value.starts:
                yield f"{where}[{start}] a day later", Dated([*others, (later, entry)])
    elif isinstance(value, Mapping):
        for key, part in value.items():
            rest = {name: each for name, each in value.items() if name != key}
            yield f"{where} without {key}", rest
            for inner, mutated in _changed(part, f"{where}.{key}"):
                yield inner, {**rest, key: mutated}
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            before, after = value[:number], value[number + 1 :]
            if ".bases[" not in where:  # a pair, not a list
                yield f"{where} without no. {number}", before + after
            for inner, mutated in _changed(part, f"{where}[{number}]"):
                yield inner, (*before, mutated, *after)
    else:
        yield from ((where, other) for other in _others(value))


def _of_fields(value: Any, where: str) -> Iterator[tuple[str, Any]]:
    kind = type(value).__name__
    for field in fields(value):
        part = getattr(value, field.name)
        if f"{kind}.{field.name}" in REPEATED:
            continue
        if isinstance(part, Fact):
            # a condition names a fact; what the fact is stands in the catalogue
            if not isinstance(value, Quantified):
                yield f"{where}.{field.name}", replace(value, fact=replace(part, name="x"))
            continue
        if field.name == "sign":
            yield f"{where}.sign", replace(value, sign=-part)
            continue
        if isinstance(part, Operator):
            for operator in _operators_like(part):
                yield f"{where}.operator", replace(value, operator=operator)
            continue
        for inner, mutated in _changed(part, f"{where}.{field.name}"):
            yield inner, replace(value, **{field.name: mutated})


def _others(value: Any) -> Iterator[Any]:
    match value:
        case Enum():
            yield from (each for each in type(value) if each is not value)
        case bool():
            yield not value
        case int():
            yield value + 1000
        case str() if value in tuple(Confidence):
            yield from (each.value for each in Confidence if each != value)
        case str():
            yield f"{value}x"
        case datetime() | date():
            yield value + timedelta(days=1) if value.year < 9999 else value - timedelta(days=1)
        case frozenset():
            yield from (value - {each} for each in sorted(value))


def _operators_like(operator: Operator) -> Iterator[Operator]:
    """Yield the operators that take what this one takes."""
    meaning = OPERATORS[operator]
    for other, its in OPERATORS.items():
        if other is not operator and its.operand is meaning.operand:
            if its.subjects >= meaning.subjects:
                yield other
