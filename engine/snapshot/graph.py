"""Objects that refer to one another → columns of JSON → the same objects.

In: the outermost object. Out: JSON in which objects stand in groups, each after those that it
refers to. An object that several refer to is written once, and is one object again.
Does not know: what the objects mean.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, TypeVar

from engine.snapshot.fields import Fields, fields_below
from engine.snapshot.kinds import Numbered, Unreadable

Outermost = TypeVar("Outermost")


def flat(outermost: object) -> dict[str, object]:
    """Return the object, and all that it refers to, as JSON."""
    cls: type = type(outermost)
    known = fields_below(cls)
    groups = _Groups(known)
    groups.put(outermost)
    numbering = _Numbering()
    written = []
    for (_, name), group in sorted(groups.found.items(), key=lambda pair: pair[0]):
        columns = [
            [field.kind.written(getattr(each, field.name), numbering) for each in group]
            for field in known[type(group[0])]
        ]
        numbering.note(group)
        written.append([name, columns])
    return {"texts": list(numbering.texts), "groups": written}


def built(plain: object, outermost: type[Outermost]) -> Outermost:
    """Return the outermost object again; raises `Unreadable`."""
    match plain:
        case {"texts": list(texts), "groups": list(groups)}:
            pass
        case _:
            raise Unreadable("texts or groups are missing")
    if not {*map(type, texts)} <= {str}:
        raise Unreadable("a text is something else")
    known = Numbered([], texts)
    root: type = outermost
    fields = fields_below(root)
    by_name = {cls.__name__: cls for cls in fields}
    for group in groups:
        match group:
            case [str(name), list(columns)] if name in by_name:
                cls = by_name[name]
                known.objects.extend(_group(cls, fields[cls], columns, known))
            case _:
                raise Unreadable("a group is of no class of the model")
    last = known.objects[-1] if known.objects else None
    if not isinstance(last, outermost):
        raise Unreadable("the last object is not the outermost one")
    return last


def _group(cls: type, fields: Fields, columns: list[Any], known: Numbered) -> list[object]:
    if len(columns) != len(fields) or not all(type(each) is list for each in columns):
        raise Unreadable("a class has other fields")
    if len({*map(len, columns)}) != 1:
        raise Unreadable("columns differ in length")
    read = [field.kind.read(each, known) for field, each in zip(fields, columns, strict=True)]
    return list(map(cls, *read))


class _Groups:
    """Sorts objects by how far they are from those that refer to nothing, and by class."""

    def __init__(self, known: Mapping[type, Fields]) -> None:
        self.found: dict[tuple[int, str], list[object]] = defaultdict(list)
        self._heights: dict[int, int] = {}
        self._linked = {
            cls: [field for field in fields if field.linked] for cls, fields in known.items()
        }

    def put(self, value: object) -> int:
        """Put an object behind those that it refers to, and return how high it stands."""
        height = self._heights.get(id(value))
        if height is None:
            height = 0
            for field in self._linked[type(value)]:
                for each in field.kind.objects(getattr(value, field.name)):
                    height = max(height, 1 + self.put(each))
            self._heights[id(value)] = height
            self.found[height, type(value).__name__].append(value)
        return height


class _Numbering:
    """Numbers objects and texts in the order in which they are written."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}
        self._objects: dict[int, int] = {}

    def note(self, group: list[object]) -> None:
        for each in group:
            self._objects[id(each)] = len(self._objects)

    def of_object(self, value: object) -> int:
        return self._objects[id(value)]

    def of_text(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))
