"""M1, M2, M4: receivers that were away, refuse a message for ever, or are hostile."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import urllib.request
from pathlib import Path

from click.testing import CliRunner

from registry.messages import StreamState, Tries
from registry.outbox import Outbox
from tests.registry.fakes import CPR, NOW
from tests.registry.telling import tell
from tests.web.delivery.authority import Authority
from tests.web.delivery.hostile import dripping, listening, pouring, saying, status
from tests.web.relay.launch import PROJECT, finished, log_lines, relaying
from tests.web.relay.post_office import (
    LONGEST_WAIT,
    disorder,
    inbox,
    log_of,
    moody,
    open_database,
    stream_of,
    subscribe,
    until,
    write_files,
)
from web.cli import main

WAITING = 300
COMMAND = [sys.executable, "-c", "from web.cli import main; main()"]


def test_a_subscriber_that_was_away_gets_everything_in_order_and_delays_nobody(
    tmp_path: Path,
) -> None:
    with inbox(moody(random.Random(3), 0.4)) as away, inbox() as first, inbox() as second:
        # nobody listens at the port of discarded packets
        write_files(tmp_path, {0: "http://127.0.0.1:9", 1: first.base, 2: second.base})
        with open_database(tmp_path) as database:
            subscribe(database, 0, 1, 2)
            tell(database, WAITING, log_of(0))
            tell(database, 40, log_of(1), log_of(2))
            with relaying(tmp_path) as relay:
                first.has(40)
                second.has(40)
                until(lambda: stream_of(database, 0).tries.failures > 2)
                relay.terminate()
                assert 0 == finished(relay)
            assert 0 == stream_of(database, 0).delivered_to
            tell(database, 10, log_of(1), log_of(2))
            write_files(tmp_path, {0: away.base, 1: first.base, 2: second.base})
            with relaying(tmp_path) as relay:
                away.has(WAITING)
                relay.terminate()
                assert 0 == finished(relay)
    assert list(range(1, WAITING + 1)) == away.numbers
    assert list(range(1, 51)) == first.numbers == second.numbers
    assert [] == disorder(away.seen, WAITING, interruptions=len(away.seen) - WAITING)
    assert len(away.seen) > 1.3 * WAITING


def test_receivers_that_hang_leave_half_of_the_threads_to_the_others(tmp_path: Path) -> None:
    hanging = range(1, 9)

    def hangs(opened, request, wait) -> bool:
        wait(10 * LONGEST_WAIT)
        return False

    with inbox() as quick, inbox(hangs) as slow:
        write_files(tmp_path, {0: quick.base, **dict.fromkeys(hanging, slow.base)})
        with open_database(tmp_path) as database:
            subscribe(database, 0, *hanging)
            tell(database, 1, *(log_of(each) for each in hanging))
            for claim in Outbox(database).claim_streams("an earlier relay", NOW, 60):
                Outbox(database).record_failure(claim, Tries(failures=1), NOW)
            # one attempt takes longer than this test waits
            with relaying(tmp_path, "--workers=4", "--attempt-seconds=49"):
                slow.until(lambda inbox: len(inbox.seen) == 2)
                for number in range(1, 41):
                    tell(database, 1, log_of(0))
                    quick.has(number)
    assert list(range(1, 41)) == quick.numbers


def test_a_poison_message_stops_its_stream_alone_until_an_operator_skips_it(
    tmp_path: Path,
) -> None:
    def refuses_the_third(opened, request, wait) -> bool:
        if poisoned.seen[-1][0] == 3:
            opened.sendall(status(400))
            return False
        return True

    url = f"--database-url=sqlite:///{tmp_path / 'registry.db'}"
    run = CliRunner(catch_exceptions=False).invoke
    with inbox(refuses_the_third) as poisoned, inbox() as other:
        write_files(tmp_path, {0: poisoned.base, 1: other.base})
        with open_database(tmp_path) as database:
            subscribe(database, 0, 1)
            tell(database, 5, log_of(0), log_of(1))
            with relaying(tmp_path):
                until(lambda: stream_of(database, 0).state is StreamState.STOPPED)
                other.has(5)
            stopped = stream_of(database, 0)
            assert (2, "status 400", 3) == (
                stopped.delivered_to,
                stopped.reason,
                stopped.tries.refusals,
            )
            (alarm,) = [line for line in log_lines(tmp_path) if line["level"] == "error"]
            assert (3, 400) == (alarm["number"], alarm["status"])

            words = ["messages", "skip", stopped.stream_id]
            wrong = run(main, [*words, "4", "--reason=wrong one", url])
            assert (3, "3" in wrong.stderr) == (wrong.exit_code, True)
            assert 0 == run(main, [*words, "3", "--reason=cannot be read", url]).exit_code
            with relaying(tmp_path, "--once") as relay:
                assert 0 == finished(relay)
        gaps = run(
            main,
            [
                "messages",
                "streams",
                "--skipped",
                "--subscriber=job_centre:100",
                "--format=json",
                url,
            ],
        )
    assert [1, 2, 4, 5] == poisoned.numbers
    assert [(3, "cannot be read")] == [
        (gap["number"], gap["reason"]) for gap in json.loads(gaps.stdout)
    ]


def test_hostile_receivers_get_nowhere_and_disturb_nobody(tmp_path: Path) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
    trusted, stranger = Authority(tmp_path, "trusted"), Authority(tmp_path, "stranger")
    with (
        listening(dripping(head, b"X: 1\r\n")) as dripper,
        listening(pouring(head + b"\r\n", b"x" * 1000)) as pourer,
        listening(saying(head + b"Content-Length: 10737418240\r\n\r\n")) as boaster,
        inbox() as inside,
        listening(saying(status(307, f"Location: {inside.base}/in"))) as redirecting,
        listening(saying(status(204)), tls=stranger.server("127.0.0.1")) as forged,
        listening(saying(status(410))) as gone,
        inbox() as good,
    ):
        hostile = [dripper, pourer, boaster, redirecting]
        https = f"https://127.0.0.1:{forged.port}"
        write_files(
            tmp_path,
            {
                0: good.base,
                **{n: f"http://127.0.0.1:{each.port}" for n, each in enumerate(hostile, start=1)},
                5: {"base_url": https, "ca_file": trusted.ca_file.name},
                6: f"http://127.0.0.1:{gone.port}",
            },
        )
        with open_database(tmp_path) as database:
            # organisation 107 is on no list
            subscribe(database, *range(8))
            tell(database, 30, *(log_of(number) for number in range(8)))
            bad = (1, 2, 3, 4, 5, 7)
            with relaying(tmp_path):
                good.has(30)
                until(lambda: all(stream_of(database, each).tries.failures > 1 for each in bad))
            assert [0] * 6 == [stream_of(database, each).delivered_to for each in bad]
            assert StreamState.GONE is stream_of(database, 6).state
    assert (list(range(1, 31)), []) == (good.numbers, inside.requests)
    kinds = {
        line["organisation"]: line["kind"]
        for line in log_lines(tmp_path)
        if line["event"] == "delivery failed"
    }
    assert {
        "101": "timeout",
        "102": "too-large",
        "103": "too-large",
        "104": "redirect",
        "105": "tls",
        "107": "refused-address",
    } == kinds
    assert {} == {each.port: each.requests for each in (forged,) if each.requests}


def command(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, "relay", "--once", "--database-url=sqlite:///registry.db", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_command_delivers_what_is_due_and_shows_nobody(tmp_path: Path) -> None:
    files = ["--receivers=receivers.yaml", "--signing-key-file=keys.txt", "--event-source=/here"]
    with inbox() as receiver, open_database(tmp_path) as database:
        write_files(tmp_path, {0: receiver.base})
        subscribe(database, 0)
        tell(database, 3, log_of(0))
        done = command(tmp_path, *files)
        assert (0, [1, 2, 3]) == (done.returncode, receiver.numbers)
        assert {"/here"} == {json.loads(each.body)["source"] for each in receiver.requests}
        write_files(tmp_path, {0: "http://127.0.0.1:9"})
        tell(database, 1, log_of(0))
        failed = command(tmp_path, *files)
    assert 1 == failed.returncode
    (line,) = [json.loads(each) for each in failed.stderr.splitlines() if "failed" in each][:1]
    assert ("connection", 4, 1) == (line["kind"], line["number"], line["failures"])
    said = done.stdout + done.stderr + failed.stdout + failed.stderr
    assert not any(each in said for each in (CPR, "/in", "Traceback"))


def test_the_command_shows_figures_until_it_is_told_to_stop(tmp_path: Path) -> None:
    with inbox() as receiver, open_database(tmp_path) as database:
        write_files(tmp_path, {0: receiver.base})
        subscribe(database, 0)
        words = ["relay", "--metrics-port=0", "--poll=0.05", "--receivers=receivers.yaml"]
        with subprocess.Popen(
            [*COMMAND, *words, "--database-url=sqlite:///registry.db"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(PROJECT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        ) as relay:
            assert relay.stdout is not None
            address = relay.stdout.readline().split()[-1]
            tell(database, 2, log_of(0))
            receiver.has(2)
            with urllib.request.urlopen(address, timeout=30) as answer:
                figures = answer.read().decode()
            relay.terminate()
            assert 0 == relay.wait(LONGEST_WAIT)
    assert 'samtale_deliveries_total{result="delivered"}' in figures
    assert 'samtale_streams_ended_total{state="stopped"} 0.0' in figures
    assert 1 == len(list(tmp_path.glob(".samtale/*"))), "the development key"


def test_the_command_needs_receivers(tmp_path: Path) -> None:
    done = command(tmp_path)
    assert (2, True) == (done.returncode, "SAMTALE_RECEIVERS" in done.stderr)
    (tmp_path / "receivers.yaml").write_text("format: 1\nreceivers: [{}]\n")
    assert 2 == command(tmp_path, "--receivers=receivers.yaml").returncode
