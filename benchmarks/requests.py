"""POST requests per second with the rules step and without it, on SQLite as it is shipped.

Both applications are the real one (JSON, checks, token, transaction, disk); the one without rules
has a decider that accepts everything without looking.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import count
from pathlib import Path

from flask.testing import FlaskClient

from benchmarks.side_by_side import Timing, time_in_turn
from engine.decide import Engines
from engine.decision import Decision, Receiver
from engine.facts import Facts
from engine.model import Rulebook
from registry.in_force import Always
from registry.releases import Releases
from registry.schema import upgrade
from registry.service import Registry
from registry.storage import Database
from registry.subscribers import Subscribers
from web.api.metrics import Metrics
from web.api.request_log import request_log
from web.api.services import Services, Webhooks
from web.api.tokens import sign_development_token, token_reader
from web.app import assemble
from web.delivery.receivers import Receivers
from web.rule_folder import content_at_start, settle
from web.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
BEGAN = datetime(2024, 6, 3, 9, 0, tzinfo=UTC)
EARLIER_INTERVIEWS = 8
CITIZEN_FACTS = {
    "contactGroups": [{"contactGroupTypeIdentifier": 1, "eventTime": "2020-01-01"}],
    "jobCentreAffiliations": [{"organisationCode": "101", "from": "2020-01-01"}],
    "bookings": [{"bookingIdentifier": "b-1"}],
}


class AcceptsEverything:
    """A decider that knows no rules."""

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook

    def decide(self, operation: str, facts: Facts, *, traced: bool = False) -> Decision:
        """Accept without looking."""
        return Decision(operation, self.rulebook.id, True, (), ())

    def granted(self, operation: str, facts: Facts) -> tuple[str, ...]:
        """Let everyone see everything."""
        return ("everyone",)

    def receivers(self, operation: str, facts: Facts) -> tuple[Receiver, ...]:
        """Tell the one whom the rules would tell, so that as much is written to the disk."""
        return (Receiver("", "GetPersonInterview", "job_centre", {"organisation": "101"}),)


def _ignore(_: object) -> None:
    """Let cases fail: a benchmark is no test of them."""


class Poster:
    """Posts one accepted interview after another, each on a citizen with eight earlier ones."""

    def __init__(self, folder: Path, engines: Engines | None) -> None:
        """Make a registry in this folder; without engines it accepts everything."""
        settings = Settings(
            database_url=f"sqlite:///{folder / 'registry.db'}",
            key_file=folder / "key.json",
            rules=ROOT / "rules",
            config=ROOT / "config",
        )
        database = Database(settings.database_url)
        upgrade(database)
        releases = Releases(database, lambda: BEGAN, engines=engines or "both")
        rulebook = settle(releases, settings, content_at_start(settings), _ignore).rulebook
        rules = releases if engines else Always(AcceptsEverything(rulebook))
        # tokens must hold throughout the run, so the moment stands still for them
        services = Services(
            registry=Registry(database, rules, lambda: BEGAN + timedelta(days=30)),
            subscribers=Subscribers(database, lambda: BEGAN),
            webhooks=Webhooks(Receivers({}), (), settings.event_source),
            releases=releases,
            tokens=token_reader(settings),
            clock=lambda: BEGAN,
            ready=lambda: None,
            close=database.close,
            metrics=Metrics(),
            log=request_log(StringIO()),
        )
        self.close = database.close
        self._client: FlaskClient = assemble(services, settings).test_client()
        self._tokens = {
            kind: sign_development_token(
                settings, organisation_type=kind, organisation="101", now=BEGAN
            )
            for kind in ("job_centre", "agency")
        }
        self._numbers = count()

    def post(self, interviews: int) -> None:
        """Post so many interviews that are timed, after those that make the history."""
        for _ in range(interviews):
            self._one()

    def _one(self) -> None:
        number = next(self._numbers)
        citizen = f"710190{number // (EARLIER_INTERVIEWS + 1):04d}"
        if number % (EARLIER_INTERVIEWS + 1) == 0:
            answer = self._client.put(
                "/v1/citizens", json=CITIZEN_FACTS, headers=self._headers("agency", citizen)
            )
            assert answer.status_code < 300, answer.text  # noqa: S101  # a benchmark must not time errors
        held_at = BEGAN + timedelta(minutes=number)
        body = {
            "interviewTypeIdentifier": 7,
            "interviewContactTypeIdentifier": 1,
            "heldAt": held_at.isoformat(),
            "bookingIdentifier": "b-1",
            "responsibleAuthority": {"organisationType": "job_centre", "organisationCode": "101"},
            "participants": [{"name": "Invented Mentor"}],
        }
        answer = self._client.post(
            "/v1/interviews", json=body, headers=self._headers("job_centre", citizen)
        )
        assert answer.status_code == 201, answer.text  # noqa: S101  # as above

    def _headers(self, kind: str, citizen: str) -> dict[str, str]:
        return {
            "Authorization": f"Bearer {self._tokens[kind]}",
            "X-Civil-Registration-Identifier": citizen,
        }


@contextmanager
def _posters() -> Iterator[dict[str, Poster]]:
    engines: tuple[Engines, ...] = ("compiled", "both")
    named: dict[str, Engines | None] = {"without rules": None}
    named |= {f"rules, engines {name}": name for name in engines}
    with tempfile.TemporaryDirectory() as folder:
        posters = {}
        for number, (name, chosen) in enumerate(named.items()):
            own = Path(folder) / str(number)
            own.mkdir()
            posters[name] = Poster(own, chosen)
        yield posters
        for poster in posters.values():
            poster.close()


def compare(posts: int = 90, rounds: int = 15) -> tuple[int, list[Timing]]:
    """Return the number of posts in a round, and the timings, the one without rules first."""
    with _posters() as posters:
        return posts, time_in_turn(
            {
                name: lambda poster=poster: poster.post(posts)  # type: ignore[misc]  # binds the loop's value
                for name, poster in posters.items()
            },
            rounds,
        )
