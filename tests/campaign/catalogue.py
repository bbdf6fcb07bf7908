"""Finds the entries of the catalogue and runs them.

In: names of entries and a `Scale`. Out: timed rows, one after another.
Does not know: what an entry does.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path

from tests.campaign.row import Row, Scale

_MODULE = re.compile(r"(?P<name>[a-z]\d+)_[a-z0-9_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A module of this package; `name` as in the catalogue (`R1`)."""

    name: str
    module: str

    @property
    def sentence(self) -> str:
        """The first sentence of the module's docstring."""
        text = import_module(self.module).__doc__ or ""
        return text.partition("\n\n")[0].replace("\n", " ")

    def rows(self, scale: Scale) -> Iterator[Row]:
        run: Callable[[Scale], Iterable[Row]] = import_module(self.module).run
        began = time.monotonic()
        for row in run(scale):
            yield replace(row, seconds=time.monotonic() - began)
            began = time.monotonic()


def entries(names: Iterable[str] = ()) -> list[Entry]:
    """Return the entries with these names, all of them without names; raises `KeyError`."""
    found = {
        Entry(match["name"].upper(), f"{__package__}.{path.stem}")
        for path in Path(__file__).parent.glob("*.py")
        if (match := _MODULE.fullmatch(path.stem))
    }
    wanted = {name.upper() for name in names}
    for unknown in wanted - {each.name for each in found}:
        raise KeyError(unknown)
    return sorted(
        (each for each in found if not wanted or each.name in wanted),
        key=lambda each: (each.name[0], int(each.name[1:]), each.module),
    )
