"""What a page of the workbench is, for the table in `blueprint.PAGES`.

In: nothing. Out: `Page`, `Entry`.
Does not know: any page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from web.ui.viewer import Right


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the navigation; `title` is a key of the texts."""

    title: str
    order: int


@dataclass(frozen=True, slots=True)
class Page:
    """One address and what answers there; without `right` everybody may come.

    A page of several methods checks the form of a POST itself: never, `access` has done it.
    """

    path: str
    name: str
    view: Callable[..., Response]
    right: Right | None = None
    methods: tuple[str, ...] = ("GET",)
    entry: Entry | None = None
    edits: bool = False
    """Whether it is there only where files may be changed."""
    largest: int = 0
    """Bytes that whoever has the right may send to it, where that is more than the usual limit."""
