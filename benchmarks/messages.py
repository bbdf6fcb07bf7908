"""Messages per second to one subscriber, in order: fetched in sequences, and sent by webhook.

Fetching goes through the whole application (token, JSON, audit line, disk); sending through the
whole relay (claim, ed25519 signature, HTTP, mark) to a receiver in a process of its own. SQLite as
it is shipped.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from random import random
from uuid import uuid4

from benchmarks.side_by_side import Timing, time_in_turn
from registry import citizens, message_log
from registry.commands import Caller
from registry.interview import CitizenFacts, RegisteredBy
from registry.message_desk import MessageDesk
from registry.message_log import Occasion
from registry.messages import GET_PERSON_INTERVIEW, PERSON_INTERVIEW, Change, Subscriber, Wanted
from registry.outbox import Outbox
from registry.schema import upgrade
from registry.storage import Database
from registry.subscribers import Subscribers
from tests.web.delivery.authority import Authority
from web.api.request_log import request_log
from web.api.tokens import sign_development_token
from web.app import close, create_app
from web.delivery.client import Post, Sender
from web.delivery.locations import BaseAddress
from web.delivery.receivers import Receiver, Receivers
from web.delivery.signing import make_signing_key
from web.relay.relay import Relay, Stopping
from web.relay.report import Report
from web.relay.senders import Senders
from web.relay.terms import Terms
from web.relay.turn import Trade
from web.settings import Settings

KIND, CODE = "job_centre", "101"
CALLER = Caller(KIND, CODE, "benchmark", "request-1")
SEQUENCE = 500


def now() -> datetime:
    """Return the present in UTC."""
    return datetime.now(UTC)


def compare(messages: int = 3000, rounds: int = 5) -> tuple[int, list[Timing]]:
    """Return the number of messages in a round, a multiple of 500, and the timings."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        authority = Authority(folder, "authority")
        certificate = authority.certificate("127.0.0.1")
        return messages, time_in_turn(
            {
                "fetched in sequences": stack.enter_context(
                    _fetching(folder / "fetched", messages, rounds)
                ),
                "sent over HTTP": stack.enter_context(_sending(folder / "http", messages)),
                "sent over HTTPS": stack.enter_context(
                    _sending(folder / "https", messages, authority.ca_file, certificate)
                ),
            },
            rounds,
        )


@contextmanager
def _fetching(folder: Path, messages: int, rounds: int) -> Iterator[Callable[[], None]]:
    settings = _settings(folder)
    app = create_app(settings, log_to=StringIO())
    database = Database(settings.database_url)
    _fill(database, messages * (rounds + 1))
    token = sign_development_token(settings, organisation_type=KIND, organisation=CODE, now=now())
    client, headers = app.test_client(), {"Authorization": f"Bearer {token}"}

    def fetch() -> None:
        for _ in range(messages // SEQUENCE):
            opened = client.post("/v1/message-sequences", headers=headers)
            place = opened.headers["Location"]
            page = client.get(f"{place}/messages?limit={SEQUENCE}", headers=headers)
            assert len(page.json["messages"]) == SEQUENCE, page.text  # noqa: S101  # a benchmark must not time errors
            client.post(f"{place}/terminate", headers=headers)

    yield fetch
    database.close()
    close(app)


@contextmanager
def _sending(
    folder: Path, messages: int, ca_file: Path | None = None, certificate: Path | None = None
) -> Iterator[Callable[[], None]]:
    database = Database(_settings(folder).database_url)
    upgrade(database)
    Subscribers(database, now).put_subscriptions(CALLER, [Wanted("/in")])
    (stream,) = Subscribers(database, now).read_subscriptions(CALLER)
    _fill(database, messages)
    with _receiver(certificate) as port:
        base = BaseAddress("https" if certificate else "http", "127.0.0.1", port)
        receiver = Receiver(KIND, CODE, base, "", ca_file, allow_private_addresses=True)
        post = Post("/samtale", [make_signing_key()])

        def send() -> None:
            MessageDesk(database, now).replay(CALLER, stream.stream_id, 1)
            stopping = Stopping()
            report = Report(request_log(StringIO()))
            trade = Trade(Outbox(database), post, report, Terms(), now, random, stopping)
            relay = Relay(
                "relay", trade, Senders(Receivers({(KIND, CODE): receiver}), Sender), stopping
            )
            relay.run(once=True)
            (after,) = Subscribers(database, now).read_subscriptions(CALLER)
            assert (relay.failed, after.delivered_to) == (False, messages)  # noqa: S101  # as above
            assert delivered(report) == messages  # noqa: S101  # each of them once

        yield send
    database.close()


def delivered(report: Report) -> float | None:
    """Return how many attempts ended with 2xx."""
    return report.figures.get_sample_value("samtale_deliveries_total", {"result": "delivered"})


@contextmanager
def _receiver(certificate: Path | None) -> Iterator[int]:
    command = [sys.executable, "-m", "benchmarks.receiver"]
    with subprocess.Popen(  # noqa: S603  # our own module
        command + ([str(certificate)] if certificate else []), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101  # it is a pipe
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


def _settings(folder: Path) -> Settings:
    folder.mkdir()
    return Settings(
        database_url=f"sqlite:///{folder / 'registry.db'}", key_file=folder / "key.json"
    )


def _fill(database: Database, messages: int) -> None:
    with database.writing() as unit:
        citizen_id = citizens.put(unit, "7101901234", CitizenFacts(), now())
        for number in range(1, messages + 1):
            occasion = Occasion(
                change=Change.INTERVIEW_CREATED,
                entity=PERSON_INTERVIEW,
                entity_id=str(uuid4()),
                citizen_id=citizen_id,
                version=number,
                recorded_at=now(),
                registered_by=RegisteredBy(KIND, CODE),
            )
            message_log.append(unit, [(Subscriber(KIND, CODE), GET_PERSON_INTERVIEW)], occasion)
        unit.commit()
