"""The long search itself: it counts what it tried and finds nothing where there is nothing."""

from __future__ import annotations

from tests.registry.replay import campaign
from tests.registry.replay.history import project_rulebook


def test_a_chunk_is_decided_twice_and_alike() -> None:
    counts, differing = campaign.search(1)

    assert [] == differing
    assert campaign.OF_A_CHUNK == counts["registrations"]
    assert 2 * campaign.OF_A_CHUNK == counts["decisions"]
    assert 0 < counts["refused"] < counts["decisions"]


def test_every_rule_of_the_second_rulebook_has_three_periods() -> None:
    book = campaign.with_seams(project_rulebook())
    rules = [rule for file in book.files for rule in file.rules]
    assert all(3 == len(rule.versions) for rule in rules)
