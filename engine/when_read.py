"""What is made when somebody reads it.

In: a function that makes elements, or a text. Out: a sequence of them, or a text, made once at the
first look.
Does not know: what they are.

Most decisions are asked for their answer alone; the words and steps behind it would cost a hundred
times as much.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar, overload

from engine.facts import Text

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


class TextWhenRead(Text):
    """Equal to the text that `say` returns, and pickled as that text."""

    __slots__ = ("_say",)
    _say: Callable[[], Text]

    def __init__(self, say: Callable[[], Text]) -> None:
        object.__setattr__(self, "_say", say)

    def __getattr__(self, name: str) -> str:
        # asked only while the slot is empty
        if name not in ("da", "en"):
            raise AttributeError(name)
        said = self._say()
        object.__setattr__(self, "da", said.da)
        object.__setattr__(self, "en", said.en)
        return said.in_language(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.da, self.en) == (other.da, other.en)

    def __hash__(self) -> int:
        return hash((self.da, self.en))

    def __reduce__(self) -> tuple[type[Text], tuple[str, str]]:
        return Text, (self.da, self.en)
