"""Named values of a thing, compared one by one: `titlen er nu … (før …)`.

In: the attributes of an old and a new thing in words. Out: what differs.
Does not know: what the thing is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.explain.wording import NOT_GIVEN
from engine.facts import Text


@dataclass(frozen=True, slots=True)
class Attribute:
    """One value in words, and what it is called, as a definite noun phrase; None: there is none."""

    label: Text
    value: Text | None


Attributes = Mapping[str, Attribute]
"""The attributes of a thing, by the name of the part they are."""


def plain(label_da: str, label_en: str, value: object) -> Attribute:
    """Return an attribute that reads alike in both languages: an id, a code, a pointer."""
    said = None if value is None else Text(str(value), str(value))
    return Attribute(Text(label_da, label_en), said)


def bilingual(part: str, label_da: str, label_en: str, text: Text | None) -> dict[str, Attribute]:
    """Return one attribute for the Danish words and one for the English ones.

    Both are told in both languages: who reads the difference is to see which words changed.
    """
    words = (None, None) if text is None else (text.da, text.en)
    told = [None if each is None else Text(f"»{each}«", f"“{each}”") for each in words]
    return {
        part: Attribute(Text(label_da, label_en), told[0]),
        f"{part}_en": Attribute(Text(f"{label_da} på engelsk", f"{label_en} in English"), told[1]),
    }


@dataclass(frozen=True, slots=True)
class Differing:
    """An attribute whose value is another one."""

    part: str
    said: Text
    was: Text | None
    becomes: Text | None


def differing(old: Attributes, new: Attributes) -> Iterator[Differing]:
    """Yield the attributes that differ, in the order of the new thing."""
    for part in (*new, *(each for each in old if each not in new)):
        before = old[part].value if part in old else None
        after = new[part].value if part in new else None
        if before == after:
            continue
        label = (new.get(part) or old[part]).label
        was, now = before or NOT_GIVEN, after or NOT_GIVEN
        said = Text(
            f"{label.da} er nu {now.da} (før {was.da})",
            f"{label.en} is now {now.en} (before {was.en})",
        )
        yield Differing(part, said, before, after)
