"""durable_rules is used as its contract demands, and what it hides is brought to light."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import pytest

from engine.durable.evaluator import _Durable, _Ruleset, durable_program
from engine.durable.heap import keep_freed_memory
from engine.durable.reading import bindings, number, number_of
from engine.facts import FactType
from engine.problems import EvaluationError
from engine.program import Programs
from tests.engine import invented, invented_rules
from tests.engine.invented import Draws


def definitions() -> Iterator[Mapping[str, Mapping[str, Any]]]:
    """Yield what durable_rules was given for some random rulebooks."""
    for seed in range(60):
        draws = Draws(Random(seed).randrange)
        programs = Programs(invented_rules.rulebook(draws))
        durable = durable_program(programs.for_facts("register", invented.facts(draws)))
        assert isinstance(durable, _Durable)
        for shard in durable._shards:
            yield shard.ruleset._rules.get_definition()


def test_every_join_ends_with_what_always_holds_and_has_no_brackets_in_it() -> None:
    # a false last part lets durable_rules read beyond the end of the join
    joins = [
        pattern["record"]["$and"]
        for rules in definitions()
        for rule in rules.values()
        for pattern in rule["all"]
        if len(rule["all"]) > 1 and "record" in pattern
    ]

    assert len(joins) > 50
    assert [{"one": {"request": "one"}}] * len(joins) == [join[-1] for join in joins]
    assert not [part for join in joins for part in join if "$and" in part or "$or" in part]


def test_a_ruleset_has_a_sentinel_and_at_most_32_rules() -> None:
    rulesets = list(definitions())

    assert len(rulesets) > 50
    assert all("sentinel" in rules and len(rules) <= 32 for rules in rulesets)


# --- silence --------------------------------------------------------------------------------------
FIND = {"s1.0": [{"record": {"kind": 2}}]}
SENTINEL, REQUEST = {"kind": 0, "one": 1}, {"kind": 1, "one": 1}


def test_an_exception_that_durable_rules_swallows_is_an_error() -> None:
    ruleset = _Ruleset("swallows", FIND)

    with pytest.raises(EvaluationError):
        # the action asks for a position that the record has not
        ruleset.run([dict(SENTINEL), {"kind": 2, "one": 1}, dict(REQUEST)])
    assert [(1, 0)] == ruleset.run(
        [dict(SENTINEL), {"kind": 2, "one": 1, "position": 0}, dict(REQUEST)]
    )


def test_a_batch_that_ends_before_the_request_is_an_error() -> None:
    ruleset = _Ruleset("ends-early", FIND)

    with pytest.raises(EvaluationError):
        ruleset.run([dict(SENTINEL), {"kind": 2, "one": 1, "position": 0}])


def test_facts_that_durable_rules_refuses_are_an_error_and_the_next_are_evaluated() -> None:
    many = {
        f"s{number}.0": [{"record": {"$and": [{"kind": 2}, {"$lt": {"f0": number}}]}}]
        for number in range(100)
    }
    ruleset = _Ruleset("refuses", many)

    with pytest.raises(EvaluationError):
        # one fact under a hundred conditions is more than it can remember
        ruleset.run([dict(SENTINEL), {"kind": 2, "one": 1, "f0": -1, "position": 0}, dict(REQUEST)])
    assert [(99, 0)] == ruleset.run(
        [dict(SENTINEL), {"kind": 2, "one": 1, "f0": 98, "position": 0}, dict(REQUEST)]
    )


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        (FactType.DATE, date(2024, 2, 29)),
        (FactType.INSTANT, datetime(2024, 2, 29, 23, 59, 59, 999_999, tzinfo=UTC)),
        (FactType.BOOLEAN, True),
        (FactType.BOOLEAN, False),
        (FactType.INTEGER, -7),
        *((type_, None) for type_ in (FactType.DATE, FactType.INSTANT, FactType.BOOLEAN)),
    ],
)
def test_a_fact_is_read_as_the_number_that_a_constant_of_a_rule_is(
    type_: FactType, value: object
) -> None:
    read = eval(number_of(type_, "value"), {**bindings(), "value": value})
    assert (type(number(value)), number(value)) == (type(read), read)


# --- memory ---------------------------------------------------------------------------------------
PAGES = """
import resource
from engine.durable.evaluator import _Ruleset
SENTINEL, REQUEST = {"kind": 0, "one": 1}, {"kind": 1, "one": 1}
rules = {f"s{n}.0": [{"request": {"$and": [{"kind": 1}, {"$lt": {"f0": n}}]}}] for n in range(20)}
ruleset = _Ruleset("pages", rules)
def run(times):
    for _ in range(times):
        ruleset.run([dict(SENTINEL), {**REQUEST, "f0": 100}])
run(50)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
run(500)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(not keep_freed_memory(), reason="this C library has no such setting")
def test_sessions_do_not_take_their_memory_from_the_system_each_time() -> None:
    # in a process of its own: what the heap looks like depends on all that came before
    run = [sys.executable, "-c", PAGES]
    pages = subprocess.run(run, capture_output=True, text=True, check=True).stdout
    assert int(pages) < 500
