"""A file with its comments: what a layout is made of.

In: nothing; `reading` builds the parts. Out: the types that `writing` turns into text.
Does not know: what the values mean. Unlike the trees of `engine.source` these keep comments, blank
lines and how a scalar was written, and may be changed while they are built.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Remark:
    """A comment on a line of its own; `text` begins with `#`."""

    text: str
    blank: bool = False
    """Whether a blank line stands before it."""


@dataclass(slots=True)
class Leaf:
    """A scalar: its value as the parser gives it, and how the author wrote it."""

    value: str
    raw: str
    """As it stands in the file; empty when it runs over several lines."""
    plain: bool
    block: bool
    """Whether it is written with `|` or `>`."""


@dataclass(slots=True)
class Branch:
    """A list (keys are None) or a mapping, in the author's order."""

    flow: bool
    mapping: bool
    column: int
    """The column of its first entry, where comments at its end stand; from 0."""
    begins: tuple[int, int]
    """Line and column, from 0."""
    entries: list[Entry] = field(default_factory=list)
    footer: list[Remark] = field(default_factory=list)
    """Comments after the last entry."""
    ends: tuple[int, int] = (0, 0)
    """Behind its closing bracket, when it has one."""

    def has_remarks(self) -> bool:
        """Tell whether a comment stands anywhere inside."""
        return bool(self.footer) or any(
            each.before
            or each.after is not None
            or (isinstance(each.value, Branch) and each.value.has_remarks())
            for each in self.entries
        )


Part = Leaf | Branch


@dataclass(slots=True)
class Entry:
    """One value of a list, or one key with its value."""

    key: Leaf | None
    value: Part
    begins: tuple[int, int]
    """Line and column of its key, or of its value in a list."""
    before: list[Remark] = field(default_factory=list)
    after: str | None = None
    """The comment at the end of its line."""
    blank: bool = False
    """Whether a blank line stands between it, or the comments before it, and what precedes."""


@dataclass(slots=True)
class Page:
    """A whole file; `alone` are the comments of a file that holds nothing else."""

    root: Part
    remarks: list[Remark] = field(default_factory=list)
    """Comments before a root that has no entries."""


def remarks_of(page: Page) -> Iterator[str]:
    """Yield every comment of a file."""
    yield from (each.text for each in page.remarks)
    if isinstance(page.root, Branch):
        yield from _of_branch(page.root)


def _of_branch(branch: Branch) -> Iterator[str]:
    for entry in branch.entries:
        yield from (each.text for each in entry.before)
        if entry.after is not None:
            yield entry.after
        if isinstance(entry.value, Branch):
            yield from _of_branch(entry.value)
    yield from (each.text for each in branch.footer)
