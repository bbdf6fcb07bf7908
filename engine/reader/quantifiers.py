"""Quantifiers over lists of records → `Quantified`.

In: a mapping with `any`, `none`, `every` or a count, and the vocabulary. Out: the quantifier, or
problems.
Does not know: what may stand in a `where`: the reader of conditions is handed in.
"""

from __future__ import annotations

from collections.abc import Callable

from engine.facts import Fact, FactType
from engine.model import Condition, Quantified, Quantifier
from engine.reader.lookup_names import type_of
from engine.reader.reading import Problems, as_count, as_text, did_you_mean
from engine.reader.section import Section
from engine.reader.vocabulary import Vocabulary
from engine.source.document import MapNode, Node
from engine.source.scalars import shown

_QUANTIFIERS = {each.value: each for each in (Quantifier.ANY, Quantifier.NONE, Quantifier.EVERY)}
_COUNTS = ("at_least", "at_most")

QUANTIFIER_KEYS = frozenset({*_QUANTIFIERS, *_COUNTS, "of", "where"})
"""The keys of which one makes a mapping a quantifier."""


class QuantifierReader:
    """Reads quantifiers; `read_where` reads the test of one record of the list it is given."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        problems: Problems,
        read_where: Callable[[Node, Fact], Condition | None],
    ) -> None:
        self._vocabulary = vocabulary
        self._problems = problems
        self._read_where = read_where

    def read(self, node: MapNode) -> Quantified | None:
        """Read one quantifier, which has a mapping to itself."""
        problems = self._problems
        section = Section(node, problems, "a quantifier")
        words = [word for word in _QUANTIFIERS if section.has(word)]
        counted = [word for word in _COUNTS if section.has(word)]
        where_node = section.need("where")
        for key, entry in node.entries.items():
            if key not in QUANTIFIER_KEYS:
                section.find(key)
                problems.error(
                    "mixed-quantifier",
                    entry.key.place,
                    f"`{shown(key)}` stands beside a quantifier",
                    "put both into `all: [...]` as two entries",
                )
        if len(words) + bool(counted) != 1:
            found = ", ".join(f"`{word}`" for word in [*words, *counted]) or "none"
            problems.error(
                "bad-quantifier",
                node.place,
                "expected one of `any`, `none`, `every`, or `at_least` and `at_most`, "
                f"found {found}",
                "write one quantifier; put several into `all: [...]`",
            )
            return None
        list_key = words[0] if words else "of"
        list_node = section.need(list_key)
        bounds = {word: self._bound(section, word) for word in counted}
        section.close()
        at_least, at_most = bounds.get("at_least"), bounds.get("at_most")
        if at_least is not None and at_most is not None and at_least > at_most:
            problems.error(
                "never-holds",
                section.value_place("at_least"),
                f"no count is at least `{at_least}` and at most `{at_most}`",
                "exchange the two numbers",
            )
        records = None if list_node is None else self._list(list_node, list_key)
        if records is None or where_node is None:
            return None
        where = self._read_where(where_node, records)
        if where is None or any(bound is None for bound in bounds.values()):
            return None
        quantifier = _QUANTIFIERS[words[0]] if words else Quantifier.COUNT
        return Quantified(quantifier, records, where, at_least, at_most, node.place)

    def each(self, section: Section) -> Quantified | None:
        """Read `each` and `where` of a section that may hold further keys."""
        node, where_node = section.need("each"), section.need("where")
        records = None if node is None else self._list(node, "each")
        if records is None or where_node is None:
            return None
        where = self._read_where(where_node, records)
        if where is None:
            return None
        return Quantified(Quantifier.ANY, records, where, place=section.place)

    def _bound(self, section: Section, word: str) -> int | None:
        node = section.find(word)
        return None if node is None else as_count(node, self._problems, f"`{word}`")

    def _list(self, node: Node, key: str) -> Fact | None:
        name = as_text(node, self._problems, f"`{key}`")
        facts = self._vocabulary.facts
        if name is None or facts is None or name in self._vocabulary.unreadable:
            return None
        fact = facts.get(name)
        if fact is not None and fact.type is FactType.RECORDS:
            return fact
        lists = [each.name for each in facts.values() if each.type is FactType.RECORDS]
        if fact is None:
            message, code = f"there is no fact `{shown(name)}`", "unknown-fact"
        else:
            message = f"expected a list of records for `{key}`, but `{name}` is {type_of(fact)}"
            code = "not-a-list"
        self._problems.error(code, node.place, message, did_you_mean(name, lists))
        return None
