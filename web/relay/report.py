"""What a relay tells its operators: lines and figures, nothing personal.

In: what happened to streams and messages. Out: JSON lines, figures for Prometheus.
Does not know: the content of messages. Streams are named by their identifier and organisation,
messages by their number; the path that a subscriber chose stands nowhere.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram

from registry.messages import Stream, Tries
from web.api.request_log import where_it_broke
from web.delivery.outcome import Delivered, Failed, FailureKind, Outcome

GONE = "gone"


class Report:
    """Of one relay; safe to share between threads. `log` is a logger of `request_log`."""

    def __init__(self, log: Any) -> None:  # structlog's loggers have no static type
        self._log = log
        self.figures = CollectorRegistry()
        self._attempts = Counter(
            "samtale_deliveries",
            "attempts by what came of them",
            ("result",),
            registry=self.figures,
        )
        self._seconds = Histogram(
            "samtale_delivery_seconds", "time of one attempt", registry=self.figures
        )
        self._ended = Counter(
            "samtale_streams_ended",
            "streams that are sent no more until somebody acts",
            ("state",),
            registry=self.figures,
        )
        self._faults = Counter(
            "samtale_relay_faults", "turns that broke off", registry=self.figures
        )
        for result in ("delivered", GONE, *(kind.value for kind in FailureKind)):
            self._attempts.labels(result)
        for state in ("stopped", GONE):
            self._ended.labels(state)

    def attempted(self, outcome: Outcome, seconds: float) -> None:
        """Count an attempt."""
        if isinstance(outcome, Failed):
            result = outcome.kind.value
        else:
            result = "delivered" if isinstance(outcome, Delivered) else GONE
        self._attempts.labels(result).inc()
        self._seconds.observe(seconds)

    def failed(
        self, stream: Stream, number: int, outcome: Failed, tries: Tries, again_at: datetime
    ) -> None:
        """Say that a message was not delivered, and when it is sent again."""
        self._log.warning(
            "delivery failed",
            **_named(stream),
            number=number,
            kind=outcome.kind.value,
            status=outcome.status,
            reason=outcome.reason,
            failures=tries.failures,
            again_at=again_at.isoformat(),
        )

    def stopped(self, stream: Stream, number: int, status: int) -> None:
        """Raise the alarm: an operator has to act."""
        self._ended.labels("stopped").inc()
        self._log.error(
            "stream stopped",
            **_named(stream),
            number=number,
            status=status,
            do="have the receiver repaired and `samtale messages resume` the stream, "
            "or `samtale messages skip` the message",
        )

    def gone(self, stream: Stream) -> None:
        """Say that the receiver wants nothing any more."""
        self._ended.labels(GONE).inc()
        self._log.warning("stream switched off", **_named(stream), status=410)

    def turned(self, stream: Stream, end: str, sent: int) -> None:
        """Say how a turn ended."""
        self._log.info("turn", **_named(stream), end=end, sent=sent)

    def broke(self, what: str, error: BaseException, stream: Stream | None = None) -> None:
        """Say that something went wrong here, not at a receiver; the error's text is not told."""
        self._faults.inc()
        self._log.error(
            what,
            **({} if stream is None else _named(stream)),
            error=type(error).__name__,
            where=where_it_broke(error),
        )


def _named(stream: Stream) -> dict[str, object]:
    return {
        "stream": stream.stream_id,
        "organisation_type": stream.subscriber.organisation_type,
        "organisation": stream.subscriber.organisation,
    }
