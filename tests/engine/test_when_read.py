"""What is made when it is read is made once, and is otherwise a tuple like any other."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.when_read import WhenRead


class Counting:
    def __init__(self) -> None:
        self.times = 0

    def make(self) -> list[str]:
        self.times += 1
        return ["a", "b", "c"]


def test_nothing_is_made_before_it_is_read_and_nothing_twice() -> None:
    counting = Counting()
    elements = WhenRead(counting.make)
    assert 0 == counting.times
    assert ["a", "b", "c"] == list(elements) == list(elements)
    assert 1 == counting.times


def test_it_is_equal_to_the_tuple_of_its_elements() -> None:
    elements = WhenRead(Counting().make)
    assert ("a", "b", "c") == elements
    assert elements == WhenRead(Counting().make)
    assert ("a", "b") != elements
    assert "abc" != elements
    assert hash(("a", "b", "c")) == hash(elements)


def test_it_is_read_like_a_tuple() -> None:
    elements = WhenRead(Counting().make)
    assert 3 == len(elements)
    assert "b" == elements[1]
    assert ("b", "c") == elements[1:]
    assert "('a', 'b', 'c')" == repr(elements)
    with pytest.raises(IndexError):
        elements[3]


def test_another_process_gets_the_tuple() -> None:
    assert ("a", "b", "c") == pickle.loads(pickle.dumps(WhenRead(Counting().make)))


def test_threads_that_read_at_once_read_the_same() -> None:
    for _ in range(200):
        elements = WhenRead(Counting().make)
        with ThreadPoolExecutor(4) as threads:
            assert {("a", "b", "c")} == set(threads.map(lambda read: tuple(read), [elements] * 4))
