"""The invented population, decided by the shipped rules and the real engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.decide import Decider
from engine.model import Rulebook
from engine.reader.load import load_rulebook
from registry import audit_chain
from registry.commands import PutCitizen
from registry.interview import NOTHING_KNOWN
from registry.population import Populated, invent_population, populate
from registry.storage import Database
from tests.registry.fakes import NOW
from tests.registry.rows import counts

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(ROOT / "rules", ROOT / "config")


def test_every_invented_interview_obeys_the_rules(database: Database, rulebook: Rulebook) -> None:
    also = [PutCitizen("7101904321", NOTHING_KNOWN)]
    populated = populate(database, Decider(rulebook, "compiled"), NOW, also=also)
    stored = counts(database)
    assert (201, 0) == (populated.citizens, populated.refused)
    assert populated.registered == stored["interview"] > 800
    assert 201 == stored["citizen"]
    assert () == audit_chain.check(database).faults


def test_a_database_that_has_citizens_is_left_as_it_is(
    database: Database, rulebook: Rulebook
) -> None:
    decider = Decider(rulebook, "compiled")
    populate(database, decider, NOW)
    before = counts(database)
    assert Populated(0, 0, 0) == populate(database, decider, NOW, seed=2)
    assert before == counts(database)


def test_the_same_seed_gives_the_same_people(rulebook: Rulebook) -> None:
    assert invent_population(rulebook, 1, NOW) == invent_population(rulebook, 1, NOW)
    assert invent_population(rulebook, 1, NOW) != invent_population(rulebook, 2, NOW)


@pytest.mark.parametrize("seed", range(20))
def test_every_number_is_one_that_no_person_can_have(rulebook: Rulebook, seed: int) -> None:
    numbers = [each.cpr for each in invent_population(rulebook, seed, NOW)]
    assert 200 == len(set(numbers))
    assert all(10 == len(number) and 61 <= int(number[:2]) <= 91 for number in numbers)
