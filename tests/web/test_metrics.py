"""What monitoring reads: requests, decisions, the audit log, messages; nothing personal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from registry.errors import Unavailable
from registry.messages import LogDepth, Stream, StreamDepth, Subscriber
from tests.web.door import NOW, Door, interview
from web.api.metrics import Metrics
from web.api.stored_figures import LogFigures, figures_of


def samples(text: str | bytes) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    shown = text if isinstance(text, str) else text.decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(shown)
        for sample in family.samples
    }


def figure(text: str | bytes, name: str, **labels: str) -> float | None:
    return samples(text).get((name, frozenset(labels.items())))


def test_requests_are_counted_and_timed_by_method_route_and_status(door: Door) -> None:
    door.registered()
    figures = door.call("GET", "/metrics").text
    labels = {"method": "POST", "route": "/v1/interviews", "status": "201"}
    count = figure(figures, "samtale_requests_total", **labels)
    assert count
    assert count == figure(figures, "samtale_request_seconds_count", **labels)


def test_an_address_that_is_none_has_no_route(door: Door) -> None:
    door.call("GET", "/v1/nowhere/secret")
    figures = door.call("GET", "/metrics").text
    assert figure(figures, "samtale_requests_total", method="GET", route="none", status="404")
    assert "secret" not in figures


def test_decisions_are_counted_by_operation_rule_code_and_outcome(door: Door) -> None:
    number = door.citizen()
    door.registered(number)
    door.call(
        "POST",
        "/v1/interviews",
        json=interview(interviewTypeIdentifier=18, participationStatusTypeIdentifier=4),
        citizen=number,
    )
    figures = door.call("GET", "/metrics").text
    for outcome in ("accepted", "refused"):
        labels = {"operation": "create_interview", "outcome": outcome}
        assert figure(figures, "samtale_decisions_total", **labels)
    assert figure(
        figures,
        "samtale_findings_total",
        operation="create_interview",
        rule="rehabilitation-team-participation-status",
        code="9125",
        outcome="violation",
    )


def test_audit_lines_are_counted_where_they_are_stored(door: Door) -> None:
    before = figure(door.call("GET", "/metrics").text, "samtale_audit_lines_total")
    door.citizen()
    after = figure(door.call("GET", "/metrics").text, "samtale_audit_lines_total")
    assert before is not None
    assert before + 1 == after


def test_no_number_is_in_any_figure(door: Door) -> None:
    number = door.citizen()
    door.registered(number)
    figures = door.call("GET", "/metrics").text
    assert number not in figures
    assert number.replace("-", "") not in figures


def test_message_logs_are_read_when_monitoring_asks() -> None:
    logs = [LogFigures("job_centre", "101", 7, 90.5)]
    metrics = Metrics(logs=lambda: logs)
    labels = {"organisation_type": "job_centre", "organisation": "101"}
    assert 7 == figure(metrics.exposition(), "samtale_messages_waiting", **labels)
    assert 90.5 == figure(metrics.exposition(), "samtale_oldest_message_seconds", **labels)
    logs[0] = LogFigures("job_centre", "101", 0, 0)
    assert 0 == figure(metrics.exposition(), "samtale_messages_waiting", **labels)


def test_what_cannot_be_read_now_is_left_out_and_the_rest_is_told() -> None:
    def busy() -> Iterable[LogFigures]:
        raise Unavailable("busy")

    metrics = Metrics(logs=busy, audit_lines=lambda: 3)
    metrics.answered("GET", "/healthz", 200, 0.1)
    figures = metrics.exposition()
    assert 0 == figure(figures, "samtale_stored_figures_readable")
    assert figure(figures, "samtale_audit_lines_total") is None
    assert 1 == figure(
        figures, "samtale_requests_total", method="GET", route="/healthz", status="200"
    )


def depth(waiting: int, minutes: int | None, *streams: tuple[int, int | None]) -> LogDepth:
    def moment(ago: int | None) -> object:
        return None if ago is None else NOW - timedelta(minutes=ago)

    return LogDepth(
        subscriber=Subscriber("job_centre", "101"),
        last_number=9,
        pruned_to=0,
        fetched=True,
        waiting=waiting,
        oldest_at=moment(minutes),  # type: ignore[arg-type]
        streams=tuple(
            StreamDepth(stream=object.__new__(Stream), behind=behind, oldest_at=moment(ago))  # type: ignore[arg-type]
            for behind, ago in streams
        ),
    )


def test_a_log_is_as_deep_and_old_as_its_slowest_reader_makes_it() -> None:
    logs = [depth(0, None), depth(3, 1), depth(3, 1, (5, 2), (0, None)), depth(0, None, (4, 3))]
    assert [(0, 0), (3, 60), (5, 120), (4, 180)] == [
        (each.depth, each.age_seconds) for each in figures_of(logs, NOW)
    ]
