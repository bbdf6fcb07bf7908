"""The nearest name is the one that the standard library finds, sooner."""

from __future__ import annotations

import random
from difflib import get_close_matches

from hypothesis import given
from hypothesis import strategies as st

from engine.reader.names import MANY, Names

WORDS = st.text("ab-1", max_size=6)


def slowly(name: str, names: list[str]) -> str | None:
    """Return the nearest name as one comparison with each finds it."""
    if len(names) > MANY:
        names = [each for each in names if each[:2] == name[:2] or each[-2:] == name[-2:]]
    close = get_close_matches(name, names[:MANY], n=1, cutoff=0.6)
    return close[0] if close else None


@given(st.lists(WORDS, max_size=12), WORDS)
def test_the_nearest_of_a_few_names_is_the_librarys(names: list[str], name: str) -> None:
    assert slowly(name, names) == Names(names).nearest(name)


def test_the_nearest_of_many_names_is_the_librarys() -> None:
    draws = random.Random(73)
    names = [f"rule-{draws.randrange(10 ** draws.randrange(1, 7))}" for _ in range(900)]
    many = Names(names)
    for _ in range(400):
        letters = list(draws.choice(names))
        letters[draws.randrange(len(letters))] = draws.choice("r-e1x")
        name = "".join(letters)[draws.randrange(2) :]
        assert slowly(name, names) == many.nearest(name), name


def test_names_that_neither_begin_nor_end_alike_are_found_by_neither() -> None:
    names = [f"a{number}b" for number in range(500)]
    assert [None, None] == [slowly("xyz", names), Names(names).nearest("xyz")]
    assert [None, None] == [slowly("", []), Names([]).nearest("")]


def test_names_in_order_stand_once() -> None:
    assert ("a", "b") == Names.in_order(["b", "a", "b"]).names
