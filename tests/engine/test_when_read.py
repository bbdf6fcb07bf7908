"""What is made when it is read is made once, and is otherwise a tuple like any other."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.facts import Text
from engine.when_read import TextWhenRead, WhenRead


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


class CountingWords:
    def __init__(self) -> None:
        self.times = 0

    def say(self) -> Text:
        self.times += 1
        return Text("ja", "yes")


def test_a_text_is_said_when_it_is_read_and_not_twice() -> None:
    words = CountingWords()
    text = TextWhenRead(words.say)
    assert 0 == words.times
    assert ("yes", "ja", "ja") == (text.en, text.da, text.in_language("da"))
    assert 1 == words.times


def test_a_text_is_like_the_one_it_becomes() -> None:
    said = Text("ja", "yes")
    assert said == TextWhenRead(CountingWords().say)
    assert TextWhenRead(CountingWords().say) == said
    assert TextWhenRead(CountingWords().say) == TextWhenRead(CountingWords().say)
    assert Text("ja", "no") != TextWhenRead(CountingWords().say)
    assert "ja" != TextWhenRead(CountingWords().say)
    assert {said: 1}[TextWhenRead(CountingWords().say)] == 1
    assert "da='ja', en='yes'" in repr(TextWhenRead(CountingWords().say))


def test_another_process_gets_the_text() -> None:
    again = pickle.loads(pickle.dumps(TextWhenRead(CountingWords().say)))
    assert Text is type(again)
    assert Text("ja", "yes") == again


def test_a_text_has_nothing_but_words() -> None:
    words = CountingWords()
    with pytest.raises(AttributeError, match="fr"):
        TextWhenRead(words.say).fr  # type: ignore[attr-defined]  # noqa: B018  # what is shown
    assert 0 == words.times
