"""Real receivers on loopback, most of them hostile: every attempt ends in an outcome."""

from __future__ import annotations

import gzip
import itertools
import logging
import random
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.delivery.authority import Authority
from tests.web.delivery.hostile import (
    ACCEPTED,
    Listener,
    Request,
    Wait,
    answering_once,
    dripping,
    hanging_up,
    listening,
    pouring,
    saying,
    silent,
    status,
)
from web.delivery.budget import Budget, Limits, PlainSocket
from web.delivery.client import Sender
from web.delivery.line import Line
from web.delivery.locations import BaseAddress
from web.delivery.outcome import Delivered, Failed, FailureKind, Gone, Outcome
from web.delivery.receivers import Receiver

PROJECT = Path(__file__).parents[3]
NOW = datetime(2024, 6, 3, 10, 0, tzinfo=UTC)
NAME = "receiver.example"
USUAL = Limits()
QUICK = Limits(total=0.4, connect=0.3, silence=0.2, answer=20_000)


class Names:
    """A resolver that gives these answers in turn, the last one for ever, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.asked = 0
        self._answers = answers

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self._answers[min(self.asked, len(self._answers)) - 1]


LOOPBACK = ("127.0.0.1",)


def receiver(listener: Listener, **other) -> Receiver:
    stated = {"allow_private_addresses": True, **other}
    return Receiver("job_centre", "101", BaseAddress("http", NAME, listener.port), **stated)


def encrypted(listener: Listener, host: str = NAME, **other) -> Receiver:
    return replace(receiver(listener, **other), base=BaseAddress("https", host, listener.port))


def sent(
    to: Receiver, *, names: Names | None = None, limits: Limits = USUAL, path: str = "/in"
) -> Outcome:
    sender = Sender(to, limits=limits, resolver=names or Names(LOOPBACK))
    try:
        return sender.post(path, {"webhook-id": "m1"}, b"{}", NOW)
    finally:
        sender.close()


# --- answers --------------------------------------------------------------------------------------


def test_a_message_arrives_as_a_post_for_the_name_under_prefix_and_path() -> None:
    with listening(saying(ACCEPTED)) as listener:
        assert Delivered(204) == sent(receiver(listener, path_prefix="/samtale"), path="/in/x")
    [request] = listener.requests
    assert "POST /samtale/in/x HTTP/1.1" == request.line
    assert f"{NAME}:{listener.port}" == request.headers["host"]
    assert "identity" == request.headers["accept-encoding"]
    assert ("m1", b"{}") == (request.headers["webhook-id"], request.body)


@pytest.mark.parametrize("code", [400, 401, 404, 408, 418, 429, 500, 502, 503, 599])
def test_an_error_is_a_failure_with_its_status(code: int) -> None:
    with listening(saying(status(code))) as listener:
        assert Failed(FailureKind.STATUS, code) == sent(receiver(listener))


def test_410_says_that_the_receiver_is_gone() -> None:
    with listening(saying(status(410))) as listener:
        assert Gone() == sent(receiver(listener))


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("120", timedelta(minutes=2)),
        ("Mon, 03 Jun 2024 10:05:00 GMT", timedelta(minutes=5)),
        ("Mon, 03 Jun 2024 09:00:00 GMT", timedelta()),
        ("99999999999999999999999", timedelta(days=1)),
        ("Mon, 03 Jun 9024 10:05:00 GMT", timedelta(days=1)),
        ("soon", None),
        ("-5", None),
        ("١٢", None),
        ("9" * 10_000, None),
    ],
)
def test_retry_after_is_read_and_capped(stated: str, expected: timedelta | None) -> None:
    answer = status(429, f"Retry-After: {stated}")
    with listening(saying(answer)) as listener:
        assert Failed(FailureKind.STATUS, 429, expected) == sent(receiver(listener))


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_is_never_followed(code: int) -> None:
    with listening(saying(ACCEPTED), host="127.0.0.2") as inside:
        answer = status(code, f"Location: http://127.0.0.2:{inside.port}/")
        with listening(saying(answer)) as listener:
            assert Failed(FailureKind.REDIRECT, code) == sent(receiver(listener))
        assert 0 == inside.connections


def test_every_message_meets_random_answers_and_arrives_in_the_end() -> None:
    chance = random.Random(7)
    bad = [status(500), status(503), status(429, "Retry-After: 1"), b"nonsense\r\n\r\n", ACCEPTED]
    answers = [chance.choice(bad) for _ in range(60)]
    with listening(saying(*answers, ACCEPTED)) as listener:
        sender = Sender(receiver(listener), resolver=Names(LOOPBACK))
        for number in range(20):
            while not isinstance(sender.post("/in", {}, b"%d" % number, NOW), Delivered):
                pass
        sender.close()
    bodies = [int(each.body) for each in listener.requests]
    assert list(range(20)) == [number for number, _ in itertools.groupby(bodies)]
    assert 20 < len(bodies)


# --- time and size --------------------------------------------------------------------------------

ENDLESS = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "script",
    [
        silent,
        dripping(b"", b"H"),
        dripping(b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
        dripping(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"a"),
        dripping(b"HTTP/1.1 200 OK\r\n\r\n", b"a"),
        dripping(ENDLESS, b"1\r\na\r\n"),
        dripping(ENDLESS + b"0\r\n", b"A: b\r\n"),
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_receiver_that_says_too_little_meets_the_end_of_the_attempt(script) -> None:
    with listening(script) as listener:
        assert Failed(FailureKind.TIMEOUT) == sent(receiver(listener), limits=QUICK)


def test_dripping_is_cut_off_by_the_total_alone() -> None:
    patient = replace(QUICK, silence=60)
    with listening(dripping(b"", b"H")) as listener:
        assert Failed(FailureKind.TIMEOUT) == sent(receiver(listener), limits=patient)


@pytest.mark.parametrize(
    "script",
    [
        saying(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n"),
        pouring(b"HTTP/1.1 200 OK\r\nContent-Length: 10000000000\r\n\r\n", b"a" * 1_000),
        pouring(b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 1_000),
        pouring(ENDLESS, b"3e8\r\n" + b"a" * 1_000 + b"\r\n"),
        pouring(ENDLESS, b"1;" + b"x" * 1_000 + b"\r\na\r\n"),
        pouring(ENDLESS + b"0\r\n", b"Trailer: x\r\n"),
        pouring(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        pouring(b"HTTP/1.1 200 OK\r\nA: ", b"a" * 1_000),
    ],
)
def test_an_endless_answer_is_cut_off(script) -> None:
    with listening(script) as listener:
        assert Failed(FailureKind.TOO_LARGE) == sent(
            receiver(listener), limits=Limits(answer=9_000)
        )


def test_the_body_of_an_error_is_not_read() -> None:
    with listening(pouring(b"HTTP/1.1 400 No\r\n\r\n", b"a" * 1_000)) as listener:
        assert Failed(FailureKind.STATUS, 400) == sent(receiver(listener), limits=QUICK)


def test_an_answer_is_never_decompressed() -> None:
    bomb = gzip.compress(bytes(10_000_000))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    with listening(saying(head.encode() + bomb)) as listener:
        assert Delivered(200) == sent(receiver(listener), limits=Limits(answer=len(bomb) + 500))


def test_a_resolver_that_never_answers_meets_the_end_of_the_attempt() -> None:
    end_of_test = threading.Event()

    def slow(host: str, port: int) -> Sequence[str]:
        end_of_test.wait()
        return LOOPBACK

    with listening(saying(ACCEPTED)) as listener:
        sender = Sender(receiver(listener), limits=QUICK, resolver=slow)
        assert Failed(FailureKind.TIMEOUT) == sender.post("/in", {}, b"", NOW)
        end_of_test.set()
    assert 0 == listener.connections


# --- broken connections ---------------------------------------------------------------------------


def test_a_closed_port_and_an_unknown_name_are_failed_connections() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise OSError("there is no such name")

    with listening(saying(ACCEPTED)) as listener:
        to = receiver(listener)
        assert Failed(FailureKind.CONNECTION) == Sender(to, resolver=unknown).post(
            "/in", {}, b"", NOW
        )
        assert Failed(FailureKind.CONNECTION) == sent(to, names=Names(()))
    assert Failed(FailureKind.CONNECTION) == sent(to)


@pytest.mark.parametrize(
    "script",
    [
        hanging_up,
        saying(b"SSH-2.0-OpenSSH\r\n\r\n"),
        saying(b"HTTP/1.1 2x0 OK\r\n\r\n"),
        saying(ENDLESS + b"zz\r\n"),
    ],
)
def test_what_is_no_answer_is_a_failed_connection(script) -> None:
    with listening(script) as listener:
        assert Failed(FailureKind.CONNECTION) == sent(receiver(listener))


def test_an_answer_that_ends_early_delivers_nothing() -> None:
    def script(opened, request, wait) -> None:
        opened.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc")
        hanging_up(opened, request, wait)

    with listening(script) as listener:
        assert Failed(FailureKind.CONNECTION) == sent(receiver(listener))


def test_a_connection_is_kept_for_the_next_message() -> None:
    with listening(saying(ACCEPTED)) as listener:
        names = Names(LOOPBACK)
        sender = Sender(receiver(listener), resolver=names)
        assert [Delivered(204)] * 3 == [sender.post("/in", {}, b"", NOW) for _ in range(3)]
        sender.close()
    assert (1, 1, 3) == (names.asked, listener.connections, len(listener.requests))


def test_a_kept_connection_that_was_closed_costs_no_failure() -> None:
    with listening(answering_once) as listener:
        sender = Sender(receiver(listener), resolver=Names(LOOPBACK))
        assert [Delivered(204)] * 5 == [sender.post("/in", {}, b"", NOW) for _ in range(5)]
        sender.close()
    assert 5 == listener.connections


def test_what_arrives_unasked_on_a_kept_connection_is_no_answer() -> None:
    quiet, said = threading.Event(), threading.Event()

    def script(opened: socket.socket, request: Request, wait: Wait) -> None:
        opened.sendall(ACCEPTED)
        quiet.wait()
        opened.sendall(status(408))
        said.set()

    with listening(script) as listener:
        sender = Sender(receiver(listener), resolver=Names(LOOPBACK))
        assert Delivered(204) == sender.post("/in", {}, b"", NOW)
        quiet.set()
        said.wait()
        assert Delivered(204) == sender.post("/in", {}, b"", NOW)
        sender.close()
    assert 2 == listener.connections


def test_a_body_that_was_not_read_cannot_pass_for_the_next_answer() -> None:
    def script(opened: socket.socket, request: Request, wait: Wait) -> None:
        first = b"HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\n"
        opened.sendall(first if request.body == b"first" else ACCEPTED)

    with listening(script) as listener:
        sender = Sender(receiver(listener), resolver=Names(LOOPBACK))
        assert Failed(FailureKind.STATUS, 500) == sender.post("/in", {}, b"first", NOW)
        assert Delivered(204) == sender.post("/in", {}, b"second", NOW)
        sender.close()
    assert 2 == listener.connections


def test_the_usual_port_is_not_named() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        plain = PlainSocket(fileno=ours.detach())
        line = Line(BaseAddress("https", NAME, 443), plain, 0.0)
        theirs.sendall(ACCEPTED)
        line.post("/in", {}, b"", Budget(USUAL, lambda: 0.0)).close()
        line.close()
        assert f"\r\nHost: {NAME}\r\n".encode() in theirs.recv(1_000)


def test_a_connection_grows_old_and_the_name_is_asked_for_again() -> None:
    moments = [0.0]
    with listening(saying(ACCEPTED)) as listener:
        names = Names(LOOPBACK)
        sender = Sender(receiver(listener), resolver=names, monotonic=lambda: moments[0])
        sender.post("/in", {}, b"", NOW)
        moments[0] = 600.0
        assert Delivered(204) == sender.post("/in", {}, b"", NOW)
        sender.close()
    assert (2, 2) == (names.asked, listener.connections)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.binary(max_size=300),
    st.sampled_from([b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n", ENDLESS, b"HTTP/1.0 200\r\n\r\n"]),
)
def test_whatever_is_answered_an_outcome_comes_back(noise: bytes, head: bytes) -> None:
    def script(opened, request, wait) -> None:
        opened.sendall(head + noise)
        hanging_up(opened, request, wait)

    with listening(script) as listener:
        assert isinstance(sent(receiver(listener)), Outcome)


def test_nothing_is_logged_whatever_is_answered(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answer = b"HTTP/1.1 200 OK\r\nA: b\r\nno header\r\nContent-Length: 0\r\n\r\n"
    for said in (answer, b"nonsense\r\n\r\n", ACCEPTED):
        with listening(saying(said)) as listener:
            sent(receiver(listener), limits=QUICK)
    assert [] == caplog.records


SEND = """
import sys
from datetime import UTC, datetime
from web.delivery.client import Sender
from web.delivery.locations import BaseAddress
from web.delivery.receivers import Receiver

base = BaseAddress("http", "receiver.example", int(sys.argv[1]))
to = Receiver("job_centre", "101", base, allow_private_addresses=True)
sender = Sender(to, resolver=lambda *_: ["127.0.0.1"])
sys.exit(repr(sender.post("/in", {}, b"", datetime(2024, 6, 3, tzinfo=UTC))))
"""


def test_a_proxy_of_the_environment_is_not_asked() -> None:
    with listening(saying(ACCEPTED)) as proxy, listening(saying(ACCEPTED)) as listener:
        names = ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY")
        run = subprocess.run(
            [sys.executable, "-c", SEND, str(listener.port)],
            cwd=PROJECT,
            env=dict.fromkeys(names, f"http://127.0.0.1:{proxy.port}"),
            capture_output=True,
            text=True,
            check=False,
        )
    assert "Delivered(status=204)" == run.stderr.strip()
    assert (1, 0) == (listener.connections, proxy.connections)


# --- TLS ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), "authority")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger"), "stranger")


def test_the_right_certificate_is_accepted(authority: Authority) -> None:
    with listening(saying(ACCEPTED), tls=authority.server(NAME)) as listener:
        names = Names(LOOPBACK)
        sender = Sender(encrypted(listener, ca_file=authority.ca_file), resolver=names)
        assert [Delivered(204)] * 3 == [sender.post("/in", {}, b"", NOW) for _ in range(3)]
        sender.close()
    assert 1 == listener.connections


@pytest.mark.parametrize("expired", [True, False])
def test_a_wrong_certificate_gets_no_message(
    authority: Authority, stranger: Authority, expired: bool
) -> None:
    server = authority.server(NAME, expired=True) if expired else stranger.server(NAME)
    with listening(saying(ACCEPTED), tls=server) as listener:
        outcome = sent(encrypted(listener, ca_file=authority.ca_file))
    assert isinstance(outcome, Failed)
    assert (FailureKind.TLS, []) == (outcome.kind, listener.requests)


@pytest.mark.parametrize("host", ["other.example", "127.0.0.1"])
def test_a_certificate_for_another_name_gets_no_message(authority: Authority, host: str) -> None:
    with listening(saying(ACCEPTED), tls=authority.server(host)) as listener:
        outcome = sent(encrypted(listener, ca_file=authority.ca_file))
    assert isinstance(outcome, Failed)
    assert (FailureKind.TLS, []) == (outcome.kind, listener.requests)


def test_the_machines_authorities_do_not_know_our_own(authority: Authority) -> None:
    with listening(saying(ACCEPTED), tls=authority.server(NAME)) as listener:
        outcome = sent(encrypted(listener))
    assert isinstance(outcome, Failed)
    assert FailureKind.TLS == outcome.kind


def test_a_receiver_on_an_ip_address_has_a_certificate_for_it(authority: Authority) -> None:
    with listening(saying(ACCEPTED), tls=authority.server("127.0.0.1")) as listener:
        to = encrypted(listener, "127.0.0.1", ca_file=authority.ca_file)
        assert Delivered(204) == sent(to)


def test_a_receiver_can_ask_for_our_certificate(authority: Authority, stranger: Authority) -> None:
    server = authority.server(NAME)
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(authority.ca_file)
    ours, foreign = authority.certificate("us.example"), stranger.certificate("us.example")
    with listening(saying(ACCEPTED), tls=server) as listener:
        to = encrypted(listener, ca_file=authority.ca_file)
        assert Delivered(204) == sent(replace(to, client_certificate=ours))
        refused = [sent(to), sent(replace(to, client_certificate=foreign))]
    assert 1 == len(listener.requests)
    # a server may close the connection before its alert is read
    kinds = {each.kind for each in refused if isinstance(each, Failed)}
    assert kinds <= {FailureKind.TLS, FailureKind.CONNECTION}
    assert 2 == len(refused) and Delivered(204) not in refused


def test_a_certificate_file_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    with listening(saying(ACCEPTED)) as listener:
        outcome = sent(encrypted(listener, ca_file=tmp_path / "missing.pem"))
        assert isinstance(outcome, Failed)
        assert (FailureKind.TLS, 0) == (outcome.kind, listener.connections)


def test_a_receiver_that_never_shakes_hands_meets_the_end_of_the_attempt(
    authority: Authority,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as never_accepts:
        port = never_accepts.getsockname()[1]
        to = Receiver(
            "job_centre",
            "101",
            BaseAddress("https", NAME, port),
            ca_file=authority.ca_file,
            allow_private_addresses=True,
        )
        assert Failed(FailureKind.TIMEOUT) == sent(to, limits=QUICK)


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (dripping(b"HTTP/1.1 200 OK\r\n", b"A"), FailureKind.TIMEOUT),
        (pouring(b"HTTP/1.1 200 OK\r\n\r\n", b"a" * 1_000), FailureKind.TOO_LARGE),
    ],
)
def test_limits_hold_under_tls_too(authority: Authority, script, kind: FailureKind) -> None:
    with listening(script, tls=authority.server(NAME)) as listener:
        to = encrypted(listener, ca_file=authority.ca_file)
        assert Failed(kind) == sent(to, limits=QUICK)
