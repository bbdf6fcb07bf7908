"""A cursor over one mapping of an analyst's file: required, optional and unknown keys.

In: a mapping that knows its place. Out: the values of its keys, and a `Problem` for everything that
is missing, unknown or of the wrong kind. It never stops at the first problem: it hands out None or
empty words and reading goes on, so whoever builds something looks into `Problems` before using it.
Does not know: rules, facts or tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import TypeVar

from engine.facts import Text
from engine.problems import Place
from engine.reader.reading import (
    Problems,
    as_count,
    as_day,
    as_flag,
    as_list,
    as_text,
    did_you_mean,
    kind_of,
    nearest,
)
from engine.source.document import MapNode, Node
from engine.source.scalars import shown

NO_WORDS = Text("", "")
"""What stands in for words that could not be read."""

Choice = TypeVar("Choice")


def as_section(node: Node, problems: Problems, what: str) -> Section | None:
    """Read a mapping."""
    if isinstance(node, MapNode):
        return Section(node, problems, what)
    problems.error(
        "wrong-kind",
        node.place,
        f"expected a mapping for {what}, found {kind_of(node)}",
        "write `key: value` lines",
    )
    return None


def as_words(node: Node, problems: Problems, what: str) -> Text:
    """Read the same words in both languages: `{da: …, en: …}`, neither empty."""
    section = as_section(node, problems, what)
    if section is None:
        return NO_WORDS
    words = Text(section.text("da") or "", section.text("en") or "")
    section.close()
    return words


class Section:
    """One mapping of a file, read key by key; `close` reports the keys that nobody asked for."""

    def __init__(self, node: MapNode, problems: Problems, what: str) -> None:
        self.node = node
        self.place = node.place
        self.what = what
        self.problems = problems
        self._asked: set[str] = set()
        self._missing: set[str] = set()

    def has(self, key: str) -> bool:
        """Tell whether the key is there, without counting it as read."""
        return key in self.node.entries

    def find(self, key: str) -> Node | None:
        """Return what stands under an optional key."""
        self._asked.add(key)
        return self.node.get(key)

    def need(self, key: str) -> Node | None:
        """Return what stands under a required key; `close` reports it when it is missing."""
        node = self.find(key)
        if node is None:
            self._missing.add(key)
        return node

    def key_place(self, key: str) -> Place:
        """Return the place of a key, or of the mapping when the key is not there."""
        entry = self.node.entries.get(key)
        return self.place if entry is None else entry.key.place

    def value_place(self, key: str) -> Place:
        """Return the place of a key's value, or of the mapping when the key is not there."""
        node = self.node.get(key)
        return self.place if node is None else node.place

    def text(self, key: str) -> str | None:
        """Read required text that is not empty."""
        return self._required(key, as_text)

    def optional_text(self, key: str) -> str | None:
        """Read text that may be left out."""
        return self._optional(key, as_text)

    def words(self, key: str) -> Text:
        """Read required words in both languages."""
        return self._required(key, as_words) or NO_WORDS

    def optional_words(self, key: str) -> Text | None:
        """Read words in both languages that may be left out."""
        return self._optional(key, as_words)

    def day(self, key: str) -> date | None:
        """Read a required calendar day."""
        return self._required(key, as_day)

    def optional_day(self, key: str) -> date | None:
        """Read a calendar day that may be left out."""
        return self._optional(key, as_day)

    def flag(self, key: str, default: bool = False) -> bool:
        """Read `true` or `false`; the default when left out or unreadable."""
        found = self._optional(key, as_flag)
        return default if found is None else found

    def count(self, key: str) -> int | None:
        """Read an optional whole number that is not negative."""
        return self._optional(key, as_count)

    def section(self, key: str) -> Section | None:
        """Read a required mapping."""
        return self._required(key, as_section)

    def optional_section(self, key: str) -> Section | None:
        """Read a mapping that may be left out."""
        return self._optional(key, as_section)

    def entries(self, key: str) -> tuple[Node, ...]:
        """Read a required list with at least one entry."""
        found = self._required(key, as_list)
        return () if found is None else found.entries

    def members(self, key: str) -> Iterator[tuple[str, Place, Node]]:
        """Yield name, place of the name and value of every entry of a required mapping."""
        section = self.section(key)
        if section is None:
            return
        if not section.node.entries:
            self.problems.error(
                "empty-mapping",
                section.place,
                f"expected at least one entry in `{key}`, found none",
                "add an entry",
            )
        for name, entry in section.node.entries.items():
            yield name, entry.key.place, entry.value

    def names(self, key: str) -> tuple[tuple[str, Place], ...]:
        """Read a required list of distinct names with their places."""
        found: dict[str, Place] = {}
        for node in self.entries(key):
            name = as_text(node, self.problems, f"an entry of `{key}`")
            if name is None:
                continue
            if name in found:
                self.problems.error(
                    "duplicate-entry",
                    node.place,
                    f"`{name}` stands twice in `{key}`, first at {found[name]}",
                    "remove one of them",
                )
                continue
            found[name] = node.place
        return tuple(found.items())

    def choice(
        self, key: str, choices: Mapping[str, Choice], default: Choice | None
    ) -> Choice | None:
        """Read one word of a closed list; without a default the key is required."""
        node = self.need(key) if default is None else self.find(key)
        if node is None:
            return default
        word = as_text(node, self.problems, f"`{key}`")
        if word is None:
            return default
        if word not in choices:
            self.problems.error(
                "unknown-word",
                node.place,
                f"`{key}` cannot be `{shown(word)}`",
                did_you_mean(word, choices),
            )
            return default
        return choices[word]

    def close(self) -> None:
        """Report every key that was not asked for, and every required key that is not there."""
        unused = self._asked - self.node.entries.keys()
        for key, entry in self.node.entries.items():
            if key in self._asked:
                continue
            self.problems.error(
                "unknown-key",
                entry.key.place,
                f"{self.what} has no key `{shown(key)}`",
                did_you_mean(key, unused) if unused else "remove it",
            )
            # a misspelled key is one mistake: it is not reported as missing too
            self._missing.discard(nearest(key, unused) or "")
        for key in sorted(self._missing):
            self.problems.error(
                "missing-key", self.place, f"{self.what} needs the key `{key}`", f"add `{key}:`"
            )

    def _required(self, key: str, read: Callable[[Node, Problems, str], Choice]) -> Choice | None:
        node = self.need(key)
        return None if node is None else read(node, self.problems, f"`{key}`")

    def _optional(self, key: str, read: Callable[[Node, Problems, str], Choice]) -> Choice | None:
        node = self.find(key)
        return None if node is None else read(node, self.problems, f"`{key}`")
