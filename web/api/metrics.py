"""Figures for monitoring: requests, decisions, disagreements. Nothing personal.

In: what happened. Out: the text that Prometheus reads.
Does not know: callers, citizens or the content of a request. Labels have few values: route
templates, statuses, rule names.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from engine.decision import Decision


class Metrics:
    """The figures of one application."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "samtale_requests",
            "requests answered",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "samtale_request_seconds", "time to answer", ("route",), registry=self._registry
        )
        self._decisions = Counter(
            "samtale_decisions", "decisions", ("operation", "outcome"), registry=self._registry
        )
        self._violations = Counter(
            "samtale_violations", "broken rules", ("rule", "code"), registry=self._registry
        )
        self._failures = Counter(
            "samtale_decision_failures",
            "decisions that could not be made",
            ("kind",),
            registry=self._registry,
        )
        for kind in ("engines_disagree", "cannot_decide"):
            self._failures.labels(kind)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def decided(self, decision: Decision) -> None:
        outcome = "accepted" if decision.accepted else "refused"
        self._decisions.labels(decision.operation, outcome).inc()
        for violation in decision.violations:
            self._violations.labels(violation.rule, violation.code).inc()

    def failed(self, *, disagreement: bool) -> None:
        self._failures.labels("engines_disagree" if disagreement else "cannot_decide").inc()

    def exposition(self) -> bytes:
        """Return all figures in Prometheus' text format."""
        return generate_latest(self._registry)
