"""Figures that are not counted but read from the database when monitoring asks.

In: functions that look. Out: metric families for Prometheus.
Does not know: tables. Every process that serves the same database shows the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from registry.errors import RegistryError
from registry.messages import LogDepth


class LogFigures(NamedTuple):
    """How many messages wait for a subscriber, and how long the oldest one has, in seconds."""

    organisation_type: str
    organisation: str
    depth: int
    age_seconds: float


def figures_of(depths: Iterable[LogDepth], now: datetime) -> Iterator[LogFigures]:
    """Yield the figures of message logs; a log is as deep as its slowest reader makes it."""
    for log in depths:
        moments = [log.oldest_at, *(each.oldest_at for each in log.streams)]
        oldest = min((each for each in moments if each is not None), default=now)
        yield LogFigures(
            log.subscriber.organisation_type,
            log.subscriber.organisation,
            max((log.waiting, *(each.behind for each in log.streams))),
            max(0.0, (now - oldest).total_seconds()),
        )


class StoredFigures(Collector):
    """Looks when it is asked; what cannot be read now is left out, and the reading goes on."""

    def __init__(
        self,
        logs: Callable[[], Iterable[LogFigures]],
        audit_lines: Callable[[], int | None],
    ) -> None:
        self._logs = logs
        self._audit_lines = audit_lines

    def describe(self) -> Iterable[Metric]:
        """Describe nothing: Prometheus' client would look into the database to find it out."""
        return ()

    def collect(self) -> Iterator[Metric]:
        readable = GaugeMetricFamily(
            "samtale_stored_figures_readable",
            "1 when the figures below could be read from the database",
        )
        try:
            families = [*self._of_messages(), *self._of_audit()]
        except RegistryError:
            readable.add_metric((), 0)
            yield readable
            return
        readable.add_metric((), 1)
        yield readable
        yield from families

    def _of_messages(self) -> Iterator[Metric]:
        labels = ("organisation_type", "organisation")
        depth = GaugeMetricFamily(
            "samtale_messages_waiting", "messages that wait for a subscriber", labels=labels
        )
        age = GaugeMetricFamily(
            "samtale_oldest_message_seconds", "age of the oldest of them", labels=labels
        )
        for each in self._logs():
            whose = (each.organisation_type, each.organisation)
            depth.add_metric(whose, each.depth)
            age.add_metric(whose, each.age_seconds)
        yield depth
        yield age

    def _of_audit(self) -> Iterator[Metric]:
        lines = self._audit_lines()
        if lines is not None:
            yield CounterMetricFamily("samtale_audit_lines", "lines in the audit log", value=lines)
