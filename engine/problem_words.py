"""Problems in Danish: the catalogue of everything that is said of an analyst's file.

In: a `Problem`, whose words are English. Out: its message and its hint in both languages, and the
whole catalogue, by cause.
Does not know: how a problem is found. Readers say what is wrong in English, in one place each;
`problem_texts.txt` holds every such text with its Danish beside it, as translators keep them. What
is filled in between is found again by the shape of the text; a text without Danish stays English,
and a test sees to it that there is none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from engine.facts import Text
from engine.problems import Problem

WORDS, COMMON = "words", "common"
"""Sections that belong to no cause: parts of texts, and hints that many causes share."""

_PART = re.compile(r"\\\{([a-z_]+)\\\}")
_DEEPEST = 4


@dataclass(frozen=True, slots=True)
class ProblemTexts:
    """What is said of one cause, and what is advised; `{parts}` are filled in."""

    code: str
    messages: tuple[Text, ...]
    hints: tuple[Text, ...]
    also: tuple[str, ...] = ()
    """Hints of `COMMON` that belong here too, in English."""


@dataclass(frozen=True, slots=True)
class _Shape:
    """One text as a pattern; of several that fit, the one with most words of its own is meant."""

    pattern: re.Pattern[str]
    text: Text
    weight: int


def message_of(problem: Problem) -> Text:
    """Return what is wrong."""
    return Text(_danish(problem.message, problem.code, "messages"), problem.message)


def hint_of(problem: Problem) -> Text:
    """Return what to do; empty when there is no hint."""
    return Text(_danish(problem.hint, problem.code, "hints"), problem.hint)


@cache
def catalogue() -> Mapping[str, ProblemTexts]:
    """Return all texts by cause, in the order of the file."""
    read: dict[str, tuple[list[Text], list[Text], list[str]]] = {}
    code, english = "", ""
    raw = files("engine").joinpath("problem_texts.txt").read_text("utf-8")
    for line in raw.splitlines():
        key, _, said = line.partition(": ")
        if line.startswith("["):
            code = line.strip("[]")
            read[code] = ([], [], [])
        elif key in ("en", "do"):
            english = said
        elif key == "also":
            read[code][2].append(said)
        elif key in ("da", "gør"):
            messages, hints, _ = read[code]
            (hints if key == "gør" else messages).append(Text(said, english))
    return {
        name: ProblemTexts(name, tuple(messages), tuple(hints), tuple(also))
        for name, (messages, hints, also) in read.items()
    }


def _danish(said: str, code: str, kind: str) -> str:
    found = _fitting(said, (code, COMMON), kind)
    return said if found is None else _filled(*found, depth=0)


def _filled(shape: _Shape, parts: Mapping[str, str], depth: int) -> str:
    """Return the Danish text with its parts, each in Danish where the catalogue has it."""
    danish = shape.text.da
    for name, part in parts.items():
        danish = danish.replace(f"{{{name}}}", _part(part, depth))
    return danish


def _part(part: str, depth: int) -> str:
    found = _fitting(part, (WORDS,), "messages") if depth < _DEEPEST else None
    return part if found is None else _filled(*found, depth=depth + 1)


def _fitting(
    said: str, sections: tuple[str, ...], kind: str
) -> tuple[_Shape, Mapping[str, str]] | None:
    for section in sections:
        for shape in _shapes(section, kind):
            found = shape.pattern.fullmatch(said)
            if found is not None:
                return shape, found.groupdict()
    return None


@cache
def _shapes(section: str, kind: str) -> tuple[_Shape, ...]:
    texts = catalogue().get(section)
    listed = () if texts is None else texts.messages if kind == "messages" else texts.hints
    return tuple(sorted(map(_shape, listed), key=lambda shape: -shape.weight))


def _shape(text: Text) -> _Shape:
    pattern = _PART.sub(r"(?P<\1>.+?)", re.escape(text.en))
    own = _PART.sub("", re.escape(text.en))
    return _Shape(re.compile(pattern, re.DOTALL), text, len(own))
