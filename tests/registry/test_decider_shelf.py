"""Deciders are made once, and nobody waits for one they did not ask for."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier, Event
from typing import Any, cast

import pytest

from engine.decide import Decider
from registry.decider_shelf import DeciderShelf
from registry.errors import RulebookDamaged
from tests.registry.fakes import FakeDecider


def decider(rulebook: str) -> Decider:
    fake = FakeDecider()
    return cast("Decider", FakeDecider(rulebook=replace(fake.rulebook, id=rulebook)))


def test_what_many_ask_for_at_once_is_made_once() -> None:
    made: Counter[str] = Counter()
    start = Barrier(8)

    def make(rulebook: str) -> Decider:
        made[rulebook] += 1
        return decider(rulebook)

    shelf = DeciderShelf(make)

    def get(_: int) -> Decider:
        start.wait()
        return shelf.get("one")

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(get, range(8)))
    assert {"one": 1} == made
    assert all(each is found[0] for each in found)


def test_others_do_not_wait_for_one_that_is_being_made() -> None:
    begun, go_on = Event(), Event()

    def make(rulebook: str) -> Decider:
        if rulebook == "slow":
            begun.set()
            assert go_on.wait(20)
        return decider(rulebook)

    shelf = DeciderShelf(make)
    with ThreadPoolExecutor(1) as threads:
        slow = threads.submit(shelf.get, "slow")
        assert begun.wait(20)
        assert "quick" == shelf.get("quick").rulebook.id
        assert shelf.find("slow") is None
        go_on.set()
        assert "slow" == slow.result().rulebook.id
    assert shelf.find("slow") is slow.result()


def test_the_least_lately_used_makes_way() -> None:
    made: list[str] = []

    def make(rulebook: str) -> Decider:
        made.append(rulebook)
        return decider(rulebook)

    shelf = DeciderShelf(make, most=2)
    for rulebook in ("one", "two", "one", "three", "one", "two"):
        shelf.get(rulebook)
    assert ["one", "two", "three", "two"] == made


def test_what_cannot_be_made_is_tried_again_next_time() -> None:
    answers: list[Any] = [RulebookDamaged("one"), decider("one")]

    def make(_: str) -> Decider:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return cast("Decider", answer)

    shelf = DeciderShelf(make)
    with pytest.raises(RulebookDamaged):
        shelf.get("one")
    assert "one" == shelf.get("one").rulebook.id
