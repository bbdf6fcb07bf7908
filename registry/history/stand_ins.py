"""Texts of persons → stand-ins that the rules cannot tell from them, as far as may be.

In: facts and their catalogue. Out: the same facts without names, identifiers and free text.
Does not know: the rules. A stand-in has the length of its text, and each character is of the same
kind (a capital, another letter, a figure; blanks and signs stay); within one set of facts equal
texts stay equal and different ones different. A pattern that asks for certain letters may answer
otherwise.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from engine.facts import Catalogue, Fact, Facts, FactType

ORGANISATION = "organisation"
"""The last word of names whose text is the code of an organisation, never a person's.

Any other text is replaced, also one that an analyst adds to the catalogue.
"""
_FIGURES = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_ENOUGH = 1_000
"""Stand-ins of one shape that are tried; then the length of a text is given up."""


def without_texts(facts: Facts, catalogue: Catalogue) -> Facts:
    """Return facts with stand-ins for the texts of persons."""
    stand_ins = _StandIns()
    return {name: stand_ins.of(catalogue.facts[name], value) for name, value in facts.items()}


class _StandIns:
    """The stand-ins of one set of facts: each text has one, and no two texts the same."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._taken: set[str] = set()

    def of(self, fact: Fact, value: Any) -> Any:
        if value is None:
            return None
        if fact.type is FactType.RECORDS:
            return tuple(self._record(fact, each) for each in value)
        if fact.type is FactType.TEXT and fact.name.rsplit(".", 1)[-1] != ORGANISATION:
            return self._text(value)
        return value

    def _record(self, fact: Fact, record: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: self.of(fact.fields[name], value) for name, value in record.items()}

    def _text(self, text: str) -> str:
        if text not in self._known:
            found = next(each for each in _shapes(text) if each not in self._taken)
            self._known[text] = found
            self._taken.add(found)
        return self._known[text]


def _shapes(text: str) -> Iterator[str]:
    """Yield texts of the same shape, each with other letters and figures."""
    for number in range(_ENOUGH):
        yield _shape(text, number)
    for number in count():
        yield f"{_shape(text, 0)}{number}"


def _shape(text: str, number: int) -> str:
    made = []
    for sign in text:
        kind = unicodedata.category(sign)
        if kind.startswith("N"):
            made.append(_FIGURES[number % len(_FIGURES)])
            number //= len(_FIGURES)
        elif kind.startswith("L"):
            letter = _LETTERS[number % len(_LETTERS)]
            made.append(letter.upper() if kind == "Lu" else letter)
            number //= len(_LETTERS)
        else:
            made.append(sign)
    return "".join(made)
