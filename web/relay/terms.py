"""What an operator can turn about a relay.

In: nothing. Out: `Terms`.
Does not know: who keeps to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from web.delivery.budget import Limits
from web.delivery.schedule import Patience

SLACK_SECONDS = 10.0
"""A lease still lasts this much longer than the longest attempt that is begun under it."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How a relay works; times in seconds. Raises `ValueError` for a lease that is too short."""

    workers: int = 16
    """Streams that are sent from at once; half of them at most are left to slow receivers."""
    poll_seconds: float = 1.0
    """How long an idle relay waits before it looks again."""
    lease_seconds: float = 60.0
    """How long a stream rests after a relay that held it was killed."""
    batch: int = 200
    """The most that is sent before it is marked, and so the most that comes twice after a crash."""
    mark_seconds: float = 1.0
    """The longest that something delivered stays unmarked while more is sent."""
    turn_seconds: float = 5.0
    """After this a stream that has more to send lets the others go first."""
    limits: Limits = field(default_factory=Limits)
    patience: Patience = field(default_factory=Patience)

    def __post_init__(self) -> None:
        if self.lease_seconds < self.shortest_lease:
            raise ValueError(f"expected a lease of at least {self.shortest_lease} seconds")

    @property
    def shortest_lease(self) -> float:
        """What must be left of a lease when an attempt begins."""
        return self.limits.total + SLACK_SECONDS
