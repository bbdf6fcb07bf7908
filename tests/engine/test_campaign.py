"""The long search itself: it counts what it tried and finds nothing where there is nothing."""

from __future__ import annotations

from tests.engine.campaign import SETS, search


def test_a_search_counts_its_examples_and_finds_no_disagreement() -> None:
    findings = search(range(3))

    assert [] == findings.disagreements
    assert 3 == findings.counts["rulebooks"]
    assert 3 * SETS == findings.counts["examples"]


def test_the_same_seeds_give_the_same_examples() -> None:
    assert search(range(7, 9)).counts == search(range(7, 9)).counts
