"""Known names, asked again and again which one a misspelled name was meant to be.

In: names. Out: the nearest of them. It answers as `difflib.get_close_matches` does among the first
two hundred that begin or end alike, and compares only those that can still be the nearest.
Does not know: what the names name, or how a hint is worded.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cached_property

MANY = 200
"""Comparing is slow: among more names only those that begin or end alike are compared."""
_CUTOFF = 0.6


class Names:
    """Names in their order; whoever asks for many keeps it, because what it counts is kept."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        self._letters: dict[str, dict[str, int]] = {}

    @classmethod
    def in_order(cls, names: Iterable[str]) -> Names:
        """Return the names sorted, each one once."""
        return cls(sorted(set(names)))

    def nearest(self, name: str) -> str | None:
        """Return the name that `name` was most likely meant to be, if one is near."""
        letters, matcher = Counter(name), SequenceMatcher()
        matcher.set_seq2(name)
        best: tuple[float, str] | None = None
        for most, each in sorted(self._bounds(letters, len(name), self._alike(name)), reverse=True):
            if most < (_CUTOFF if best is None else best[0]):
                break
            matcher.set_seq1(each)
            found = matcher.ratio(), each
            if found[0] >= _CUTOFF and (best is None or found > best):
                best = found
        return None if best is None else best[1]

    def _alike(self, name: str) -> list[str]:
        """Return the first names that begin or end as `name` does; all when they are few."""
        if len(self.names) <= MANY:
            return list(self.names)
        beginning, ending = self._by_beginning[name[:2]], self._by_ending[name[-2:]]
        places = sorted({*beginning[:MANY], *ending[:MANY]})
        return [self.names[place] for place in places[:MANY]]

    def _bounds(
        self, letters: Counter[str], length: int, names: list[str]
    ) -> Iterable[tuple[float, str]]:
        """Yield for each name the most that it can have in common with the letters."""
        wanted = list(letters.items())
        for each in names:
            own = self._letters.get(each)
            if own is None:
                own = self._letters[each] = dict(Counter(each))
            shared = 0
            for letter, count in wanted:  # a loop, because `sum` and `min` take three times as long
                there = own.get(letter, 0)
                shared += min(there, count)
            together = length + len(each)
            yield (2.0 * shared / together if together else 1.0), each

    @cached_property
    def _by_beginning(self) -> defaultdict[str, list[int]]:
        return self._places_by([each[:2] for each in self.names])

    @cached_property
    def _by_ending(self) -> defaultdict[str, list[int]]:
        return self._places_by([each[-2:] for each in self.names])

    def _places_by(self, keys: list[str]) -> defaultdict[str, list[int]]:
        places: defaultdict[str, list[int]] = defaultdict(list)
        for place, key in enumerate(keys):
            places[key].append(place)
        return places
