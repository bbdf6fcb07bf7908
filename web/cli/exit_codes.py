"""What the exit code of every command means.

In: nothing. Out: `Exit`.
Does not know: the commands.
"""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """The exit codes of `samtale`; pipelines may rely on them."""

    FINE = 0
    """Done, and nothing to complain about."""
    FOUND = 1
    """Done, and something was found: a problem in a rulebook, a case that failed."""
    USAGE = 2
    """The command line or a setting is wrong; nothing was done."""
    COULD_NOT_RUN = 3
    """The work could not be done: a database that does not answer, a port that is taken."""
