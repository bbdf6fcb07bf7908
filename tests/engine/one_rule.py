"""Programs of one rule and facts for them, for tests that ask about one thing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from engine.facts import Fact, Facts
from engine.model import (
    All,
    Condition,
    Reference,
    Requirement,
    RuleKind,
    Scope,
    Version,
)
from engine.program import Clause, Program, Programs
from tests.engine import invented, invented_rules
from tests.engine.invented import FACTS, INSTANTS, Draws

VISITS = FACTS["visits"]


def fact(name: str) -> Reference:
    return Reference(Scope.FACT, FACTS[f"case.{name}"])


def field(name: str, records: Fact = VISITS) -> Reference:
    return Reference(Scope.FIELD, records.fields[name])


def program_of(*required: Condition) -> Program:
    """Return a program of one rule that requires each of the conditions."""
    draws = Draws(Random(0).randrange)
    book = invented_rules.rulebook(draws, [RuleKind.RULE])
    program = Programs(book).for_facts("register", invented.facts(draws))
    rule = book.files[0].rules[0]
    _, version = next(iter(rule.versions))
    requirements = tuple(
        Requirement("S-1", "", All(()), require, rule.title) for require in required
    )
    version = Version(version.valid_from, version.basis, All(()), requirements)
    return replace(program, clauses=(Clause(rule, version),))


def facts_with(**changes: object) -> Facts:
    """Return facts in which `count=3` sets the fact `case.count`, `visits=…` the records."""
    made: dict[str, object] = dict(invented.facts(Draws(Random(1).randrange)))
    for name, value in changes.items():
        made[name if name in FACTS else f"case.{name}"] = value
    return made  # type: ignore[return-value]


def visit(**changes: object) -> Mapping[str, object]:
    fields: dict[str, object] = {
        "kind": 1,
        "place": "1",
        "kinds": (),
        "text": "",
        "count": 0,
        "flag": False,
        "day": invented.DAYS[0],
        "at": INSTANTS[0],
    }
    absent = {f"maybe_{name}": None for name in fields}
    return fields | absent | changes
