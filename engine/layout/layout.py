"""A file → the same file in the canonical layout, or why it is left as it is.

In: the bytes of one file. Out: a `Layout`.
Does not know: the file system, nor what the file means.

INVARIANT: the content that `Rulebook.id` is made of is the same before and after, and so is every
comment. Both are looked at in the written text, each time, before anybody gets it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import yaml

from engine.layout.parts import Page, remarks_of
from engine.layout.reading import read_page
from engine.layout.writing import write_page
from engine.problems import Place, Problem
from engine.source.document import canonical, read_yaml


@dataclass(frozen=True, slots=True)
class Layout:
    """What became of one file; `text` is None when it is left as it is because of `problems`."""

    text: bytes | None
    problems: tuple[Problem, ...] = ()


def laid_out(raw: bytes, shown_as: str, write: Callable[[Page], str] = write_page) -> Layout:
    """Lay out one file; a file with faults is not touched. Never raises.

    Tests hand in a writer that makes mistakes.
    """
    document = read_yaml(raw, shown_as)
    if document.problems or document.root is None:
        return Layout(None, document.problems)
    try:
        page = read_page(raw.decode("utf-8"))
        before = sorted(remarks_of(page))
        text = write(page).encode("utf-8")
        again = read_page(text.decode("utf-8"))
    except (yaml.YAMLError, RecursionError):
        return Layout(None, (_unchanged(shown_as, "its content"),))
    written = read_yaml(text, shown_as)
    if written.root is None or canonical(written.root) != canonical(document.root):
        return Layout(None, (_unchanged(shown_as, "its content"),))
    if sorted(remarks_of(again)) != before:
        return Layout(None, (_unchanged(shown_as, "a comment"),))
    return Layout(text)


def _unchanged(file: str, what: str) -> Problem:
    return Problem(
        "layout-not-safe",
        Place(file, 1, 1),
        f"expected the same after laying the file out, but {what} would change",
        "lay the file out by hand; it is left as it is",
    )
