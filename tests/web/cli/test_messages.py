"""`samtale messages` and `samtale signing-key`."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from registry.messages import StreamState, Tries
from registry.outbox import Outbox
from registry.storage import Database
from tests.registry.fakes import CPR, NOW
from tests.registry.telling import tell
from tests.web.relay.post_office import log_of, open_database, stream_of, subscribe
from web.cli import main
from web.delivery.operator_files import signing_keys
from web.settings import Settings


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path) as opened:
        subscribe(opened, 0)
        tell(opened, 3, log_of(0), log_of(1))
        yield opened


def messages(tmp_path: Path, *words: str) -> Result:
    url = f"--database-url=sqlite:///{tmp_path / 'registry.db'}"
    return CliRunner(catch_exceptions=False).invoke(
        main, ["messages", *words, "--language=en", url]
    )


def listed(tmp_path: Path, *words: str) -> list[dict[str, Any]]:
    result = messages(tmp_path, *words, "--format=json")
    assert 0 == result.exit_code, result.output
    assert CPR not in result.output
    return json.loads(result.stdout)


def stop(database: Database) -> str:
    """Let the stream of organisation 100 stand stopped behind message 1."""
    outbox = Outbox(database)
    (claim,) = outbox.claim_streams("relay", NOW, 60)
    outbox.record_delivered(claim, 1)
    outbox.stop(claim, "status 400", Tries(8, 8, NOW))
    return claim.stream.stream_id


def test_all_logs_are_listed_with_what_waits(tmp_path: Path, database: Database) -> None:
    first, second = listed(tmp_path, "list")
    assert ("job_centre:100", 3, 1, None, 1) == (
        first["subscriber"],
        first["messages"],
        first["keptFrom"],
        first["waiting"],
        first["webhooks"],
    )
    assert ("job_centre:101", 3, 0) == (
        second["subscriber"],
        second["waiting"],
        second["webhooks"],
    )


def test_the_messages_of_one_log_are_listed_from_a_number_on(
    tmp_path: Path, database: Database
) -> None:
    words = ["list", "--subscriber=job_centre:100"]
    assert [2, 3] == [each["number"] for each in listed(tmp_path, *words, "--from=2")]
    assert [1] == [each["number"] for each in listed(tmp_path, *words, "--limit=1")]
    table = messages(tmp_path, *words)
    assert 4 == len(table.stdout.splitlines())
    assert CPR not in table.output


@pytest.mark.parametrize("stated", ["job_centre", "club:1", "job_centre:"])
def test_a_subscriber_is_a_known_type_and_a_code(
    tmp_path: Path, database: Database, stated: str
) -> None:
    assert 2 == messages(tmp_path, "list", f"--subscriber={stated}").exit_code


def test_streams_say_how_far_they_are_and_why_they_stand(
    tmp_path: Path, database: Database
) -> None:
    stop(database)
    (stream,) = listed(tmp_path, "streams")
    assert ("/in", "stopped", 1, 2, 8, "status 400") == (
        stream["path"],
        stream["state"],
        stream["deliveredTo"],
        stream["behind"],
        stream["failures"],
        stream["reason"],
    )
    assert [] == listed(tmp_path, "streams", "--subscriber=job_centre:101")


def test_skipping_leaves_a_gap_that_is_recorded(tmp_path: Path, database: Database) -> None:
    stream_id = stop(database)
    assert 3 == messages(tmp_path, "skip", stream_id, "3", "--reason=broken").exit_code
    assert 2 == messages(tmp_path, "skip", stream_id, "2").exit_code
    assert 1 == stream_of(database, 0).delivered_to
    assert 0 == messages(tmp_path, "skip", stream_id, "2", "--reason=broken").exit_code
    assert (2, StreamState.ACTIVE) == (
        stream_of(database, 0).delivered_to,
        stream_of(database, 0).state,
    )
    (gap,) = listed(tmp_path, "streams", "--skipped", "--subscriber=job_centre:100")
    assert (2, "broken") == (gap["number"], gap["reason"])
    assert 2 == messages(tmp_path, "streams", "--skipped").exit_code


def test_resuming_sends_from_where_the_stream_stands(tmp_path: Path, database: Database) -> None:
    assert 0 == messages(tmp_path, "resume", stop(database)).exit_code
    stream = stream_of(database, 0)
    assert (1, StreamState.ACTIVE, Tries()) == (stream.delivered_to, stream.state, stream.tries)


def test_replaying_goes_back_and_never_ahead(tmp_path: Path, database: Database) -> None:
    stream_id = stop(database)
    assert 3 == messages(tmp_path, "replay", stream_id, "--from=3").exit_code
    assert 0 == messages(tmp_path, "replay", stream_id, "--from=1").exit_code
    assert 0 == stream_of(database, 0).delivered_to


def test_an_unknown_webhook_could_not_be_repaired(tmp_path: Path, database: Database) -> None:
    result = messages(tmp_path, "resume", "5d5ba4e8-0000-4000-8000-00000000000a")
    assert (3, True) == (result.exit_code, "no such webhook" in result.stderr)


def test_pruning_keeps_what_somebody_still_needs(tmp_path: Path, database: Database) -> None:
    result = messages(tmp_path, "prune", "--keep-days=1")
    assert (0, "0 messages thrown away\n") == (result.exit_code, result.stdout)
    (claim,) = Outbox(database).claim_streams("relay", NOW, 60)
    Outbox(database).record_delivered(claim, 2)
    assert "2 messages thrown away\n" == messages(tmp_path, "prune", "--keep-days=1").stdout
    assert [3] == [
        each["number"] for each in listed(tmp_path, "list", "--subscriber=job_centre:100")
    ]


# --- signing keys ---------------------------------------------------------------------------------


def keys(path: Path, *words: str) -> list[str]:
    result = CliRunner(catch_exceptions=False).invoke(
        main, ["signing-key", *words, f"--signing-key-file={path}"]
    )
    assert 0 == result.exit_code, result.output
    assert "whsk_" not in result.output
    return result.stdout.splitlines()


def test_the_first_call_makes_a_key_that_its_owner_alone_can_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "keys.txt"
    (public,) = keys(path)
    assert public.startswith("whpk_")
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert [public] == keys(path)


def test_rotating_puts_a_new_key_in_front_and_retiring_removes_the_old(tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    (old,) = keys(path)
    new, kept = keys(path, "--rotate")
    assert (old, True) == (kept, new != old)
    assert [new, old] == [each.public for each in signing_keys(Settings(signing_key_file=path))]
    assert [new] == keys(path, "--retire")
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)


def test_a_key_file_that_others_may_read_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    keys(path)
    path.chmod(0o644)
    before = path.read_text()
    words = ["signing-key", "--rotate", f"--signing-key-file={path}"]
    assert 2 == CliRunner(catch_exceptions=False).invoke(main, words).exit_code
    assert before == path.read_text()


def test_rotating_and_retiring_are_two_steps(tmp_path: Path) -> None:
    words = ["signing-key", "--rotate", "--retire", f"--signing-key-file={tmp_path / 'keys.txt'}"]
    assert 2 == CliRunner(catch_exceptions=False).invoke(main, words).exit_code
    assert [] == list(tmp_path.iterdir())


def test_no_more_keys_are_made_than_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "keys.txt"
    for _ in range(4):
        keys(path, "--rotate")
    words = ["signing-key", "--rotate", f"--signing-key-file={path}"]
    assert 2 == CliRunner(catch_exceptions=False).invoke(main, words).exit_code
    assert 4 == len(keys(path))
