"""Figures of a server: requests, decisions, the audit log, message logs. Nothing personal.

In: what happened, and functions that look at what is stored. Out: the text that Prometheus reads.
Does not know: callers, citizens, the content of a request, or what a relay delivers. Labels have
few values: route templates, statuses, rule names, systems of the operator's file of certificates,
and the organisations that subscribe to messages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from engine.decision import Decision
from web.api.rates import Limit
from web.api.stored_figures import LogFigures, StoredFigures


class Metrics:
    """The figures of one process, or of all that write theirs into the folder `shared`.

    `logs` gives the depth of every message log and `audit_lines` the number of audit lines, both
    at the moment of the reading; either may raise `RegistryError`, and is then left out.
    """

    def __init__(
        self,
        logs: Callable[[], Iterable[LogFigures]] = tuple,
        audit_lines: Callable[[], int | None] = lambda: None,
        shared: Path | None = None,
    ) -> None:
        self._registry = CollectorRegistry()
        self._stored = StoredFigures(logs, audit_lines)
        self._shared = shared
        if shared is None:
            self._registry.register(self._stored)
        self._requests = self._counter(
            "samtale_requests", "requests answered", "method", "route", "status"
        )
        self._seconds = Histogram(
            "samtale_request_seconds",
            "time to answer",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._decisions = self._counter("samtale_decisions", "decisions", "operation", "outcome")
        self._findings = self._counter(
            "samtale_findings",
            "rules that refused (violation) or gave advice, once for each time",
            *("operation", "rule", "code", "outcome"),
        )
        self._failures = self._counter(
            "samtale_decision_failures", "decisions that could not be made", "kind"
        )
        for kind in ("engines_disagree", "cannot_decide"):
            self._failures.labels(kind)
        self._over_rate = self._counter(
            "samtale_refused_by_rate",
            "requests refused because their organisation or address sent too many",
            "limit",
        )
        for limit in Limit:
            self._over_rate.labels(limit.value)
        self._certified = self._counter(
            "samtale_certified_requests",
            "requests whose system was proved by a client certificate",
            "system",
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route, str(status)).observe(seconds)

    def decided(self, decision: Decision) -> None:
        operation = decision.operation
        outcome = "accepted" if decision.accepted else "refused"
        self._decisions.labels(operation, outcome).inc()
        for violation in decision.violations:
            self._findings.labels(operation, violation.rule, violation.code, "violation").inc()
        for advice in decision.advice:
            self._findings.labels(operation, advice.rule, advice.code, "advice").inc()

    def failed(self, *, disagreement: bool) -> None:
        self._failures.labels("engines_disagree" if disagreement else "cannot_decide").inc()

    def refused_by_rate(self, limit: Limit) -> None:
        self._over_rate.labels(limit.value).inc()

    def certified(self, system: str) -> None:
        self._certified.labels(system).inc()

    def exposition(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        if self._shared is None:
            return generate_latest(self._registry)
        everyone = CollectorRegistry()
        MultiProcessCollector(everyone, str(self._shared))  # type: ignore[no-untyped-call]
        everyone.register(self._stored)
        return generate_latest(everyone)

    def _counter(self, name: str, explanation: str, *labels: str) -> Counter:
        return Counter(name, explanation, labels, registry=self._registry)
