"""The values that a condition looked at, in words.

In: the catalogue, which says what type a value has, and the tables for the names of codes. Out:
`samtalens type: 18 (Samtale i rehabiliteringsteam)`.
Does not know: conditions. Values of text facts are not told: they may be names or free text.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.decision import Seen
from engine.explain.wording import hidden, words
from engine.facts import Catalogue, Fact, FactType, Text
from engine.tables import Table

HIDDEN = Text("(tekst, vises ikke)", "(text, not shown)")


class SeenValues:
    """Tells values; a field's type is that of the fields of its name in any list."""

    def __init__(self, catalogue: Catalogue, tables: Mapping[str, Table]) -> None:
        self._tables = tables
        self._facts: dict[str, list[Fact]] = {}
        for fact in catalogue.facts.values():
            for each in (fact, *fact.fields.values()):
                self._facts.setdefault(each.name, []).append(each)

    def told(self, seen: Seen) -> Text:
        """Return label and value."""
        value = self.value(seen)
        return Text(f"{seen.label.da}: {value.da}", f"{seen.label.en}: {value.en}")

    def value(self, seen: Seen) -> Text:
        """Return the value alone."""
        facts = self._facts.get(seen.name, [])
        if not facts or any(hidden(seen.value, fact.type) for fact in facts):
            return HIDDEN
        kind = next((fact for fact in facts if fact.type is FactType.CODE), facts[0])
        return words(seen.value, kind.type, kind.code_list, self._tables)
