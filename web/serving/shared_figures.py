"""The figures of several processes, added up.

In: a folder. Out: Prometheus' client, told to write into it under the number of the process.
Does not know: which figures there are. Numbers are those of living processes, and a new one goes
on where the last one of its number stopped: counters never fall, and there are no more files than
there were ever processes at once.
"""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import values
from prometheus_client.values import MultiProcessValue


class Slots:
    """The number of this process; 0 until it is one of several."""

    def __init__(self, folder: Path) -> None:
        self.mine = 0
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)
        # the way that the library's documentation shows for numbers other than the process's own
        values.ValueClass = MultiProcessValue(  # type: ignore[no-untyped-call]
            process_identifier=lambda: self.mine
        )


def lowest_free(taken: set[int]) -> int:
    """Return the lowest number from 1 that is not taken."""
    number = 1
    while number in taken:
        number += 1
    return number
