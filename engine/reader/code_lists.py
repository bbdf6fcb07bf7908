"""Which code lists are there, and which codes do they hold?

In: tables as they stand in the files. Out: `CodeLists`, found before any table is read, because
the columns of tables refer to code lists.
Does not know: columns and dates; problems are found by whoever reads the tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.facts import FactType
from engine.problems import Place
from engine.reader.typed import CodeList, CodeLists
from engine.source.document import ListNode, MapNode, Node
from engine.source.document import Scalar as ScalarNode

KEY_TYPES = {kind.value: kind for kind in (FactType.INTEGER, FactType.TEXT)}
"""The types of key that make a table a code list."""


@dataclass(frozen=True, slots=True)
class TableSource:
    """A table as it stands in a file, not yet read."""

    name: str
    place: Place
    node: Node


def find_code_lists(sources: Iterable[TableSource]) -> CodeLists:
    """Return the code lists; None for one whose shape hides its codes."""
    lists: dict[str, CodeList | None] = {}
    others: set[str] = set()
    for source in sources:
        key = source.node.get("key") if isinstance(source.node, MapNode) else None
        name, kind = _plain_text(key, "name"), _plain_text(key, "type")
        if kind is not None and kind.startswith("code("):
            others.add(source.name)
            continue
        rows = source.node.get("rows") if isinstance(source.node, MapNode) else None
        if name is None or kind not in KEY_TYPES or not isinstance(rows, ListNode):
            lists[source.name] = None
            continue
        codes: dict[int | str, str] = {}
        for row in rows.entries:
            code = row.get(name) if isinstance(row, MapNode) else None
            if isinstance(code, ScalarNode) and isinstance(code.value, int | str):
                codes[code.value] = _plain_text(row, "da") or codes.get(code.value, "")
        lists[source.name] = CodeList(source.name, KEY_TYPES[kind], codes)
    return CodeLists(lists, frozenset(others))


def _plain_text(node: Node | None, key: str) -> str | None:
    found = node.get(key) if isinstance(node, MapNode) else None
    if isinstance(found, ScalarNode) and isinstance(found.value, str):
        return found.value
    return None
