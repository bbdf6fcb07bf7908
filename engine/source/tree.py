"""A plain tree in which every node knows its place.

In: nothing; `source` builds the nodes. Out: the node types, and the content without its places.
Does not know: YAML, nor what the content means.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from engine.problems import Place
from engine.source.scalars import PlainValue


@dataclass(frozen=True, slots=True)
class Scalar:
    """A whole number, boolean, day or text in Unicode NFC; a quoted one is always text."""

    value: PlainValue
    place: Place
    quoted: bool


@dataclass(frozen=True, slots=True)
class ListNode:
    """A list; its place is its first `-` or its `[`."""

    entries: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class MapEntry:
    """One key and its value; the value of the key is always text."""

    key: Scalar
    value: Node


@dataclass(frozen=True, slots=True)
class MapNode:
    """A mapping in the author's order; its place is its first key or its `{`."""

    entries: Mapping[str, MapEntry]
    place: Place

    def get(self, key: str) -> Node | None:
        """Return the value of `key`, or None when the mapping has no such key."""
        entry = self.entries.get(key)
        return entry.value if entry is not None else None


Node = Scalar | ListNode | MapNode


def plain(node: Node) -> object:
    """Return the tree as nested dictionaries, lists and scalars, without places."""
    if isinstance(node, MapNode):
        return {key: plain(entry.value) for key, entry in node.entries.items()}
    if isinstance(node, ListNode):
        return [plain(entry) for entry in node.entries]
    return node.value


def canonical(node: Node) -> bytes:
    """Return the content as JSON bytes: equal for equal content, whatever layout and comments.

    Keys keep their order. A day is `{"$date": "2024-01-01"}`; a key of the author's that begins
    with `$` is written with one more `$`, so that the two cannot be confused.
    """
    return json.dumps(_canonical(node), ensure_ascii=False, separators=(",", ":")).encode()


def _canonical(node: Node) -> object:
    if isinstance(node, MapNode):
        return {
            "$" + key if key.startswith("$") else key: _canonical(entry.value)
            for key, entry in node.entries.items()
        }
    if isinstance(node, ListNode):
        return [_canonical(entry) for entry in node.entries]
    return {"$date": node.value.isoformat()} if isinstance(node.value, date) else node.value
