"""What is made when somebody reads it.

In: a function that makes the elements. Out: a sequence of them, made once at the first look.
Does not know: what they are.

Most decisions are asked for their answer alone; the words and steps behind it would cost a hundred
times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar, overload

Element = TypeVar("Element", covariant=True)


class WhenRead(Sequence[Element]):
    """Equal to the tuple of its elements, and pickled as that tuple."""

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], Iterable[Element]]) -> None:
        self._make: Callable[[], Iterable[Element]] | None = make
        self._made: tuple[Element, ...] = ()

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[Element]:
        return iter(self._all())

    @overload
    def __getitem__(self, position: int) -> Element: ...
    @overload
    def __getitem__(self, position: slice) -> tuple[Element, ...]: ...
    def __getitem__(self, position: int | slice) -> Element | tuple[Element, ...]:
        return self._all()[position]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, tuple | WhenRead) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())

    def __reduce__(self) -> tuple[type[tuple[Element, ...]], tuple[tuple[Element, ...]]]:
        return tuple, (self._all(),)

    def _all(self) -> tuple[Element, ...]:
        make = self._make
        if make is not None:
            # the elements first: another thread may be reading at the same time
            self._made = tuple(make())
            self._make = None
        return self._made
