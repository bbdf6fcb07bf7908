"""Programs of different days: what is the same in them is there once, what differs differs."""

from __future__ import annotations

from random import Random

import pytest

from engine.program import Programs, clause_on, dating_day
from tests.engine import invented, invented_rules


@pytest.mark.parametrize("seed", range(60))
def test_every_clause_is_the_wording_of_its_own_day(seed: int) -> None:
    draws = invented.Draws(Random(seed).randrange)
    book = invented_rules.rulebook(draws)
    programs = Programs(book)
    for _ in range(12):
        given = invented.facts(draws)
        for operation in invented.OPERATIONS:
            program = programs.for_facts(operation, given)
            expected = [
                clause_on(rule, dating_day(rule.dated_by, given), book.parameters, program.facts)
                for rule in book.rules_of(operation)
            ]
            assert expected == list(program.clauses)


def test_programs_share_the_wordings_that_do_not_differ() -> None:
    shared = 0
    for seed in range(60):
        draws = invented.Draws(Random(seed).randrange)
        programs = Programs(invented_rules.rulebook(draws))
        made = [programs.for_facts("register", invented.facts(draws)) for _ in range(12)]
        first, *others = made
        shared += sum(
            clause is own
            for other in others
            if other is not first
            for clause, own in zip(other.clauses, first.clauses, strict=True)
        )
    assert shared > 0
