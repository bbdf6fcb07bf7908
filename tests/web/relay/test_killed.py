"""K2: relays that are killed at the worst moments, and relays beside each other.

Each promise has a control run: with its protection taken away, the same test sees it broken.
"""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

import pytest

from tests.registry.telling import tell
from tests.web.relay.launch import finished, has_said, relaying
from tests.web.relay.post_office import (
    LONGEST_WAIT,
    Arrival,
    Inbox,
    disorder,
    inbox,
    log_of,
    open_database,
    stream_of,
    subscribe,
    until,
    write_files,
)

COUNT = 12


def ready(folder: Path, messages: int, *inboxes: Inbox) -> None:
    """Let messages wait for as many organisations as there are inboxes."""
    write_files(folder, {number: each.base for number, each in enumerate(inboxes)})
    with open_database(folder) as database:
        subscribe(database, *range(len(inboxes)))
        tell(database, messages, *(log_of(number) for number in range(len(inboxes))))


@pytest.mark.parametrize("place", ["before-send", "after-answer"])
@pytest.mark.parametrize("number", [1, 5, COUNT])
def test_killed_around_an_attempt_every_message_comes_in_order(
    tmp_path: Path, place: str, number: int
) -> None:
    with inbox() as receiver:
        ready(tmp_path, COUNT, receiver)
        with relaying(tmp_path, "--batch=4", f"--stop-at={place}:{number}") as relay:
            has_said(relay, "there")
        with relaying(tmp_path, "--once", "--hours-ahead=1") as relay:
            assert 0 == finished(relay)
    assert [] == disorder(receiver.accepted, COUNT, interruptions=1)


@pytest.mark.parametrize("place", ["before-mark", "after-mark"])
def test_killed_around_a_mark_every_message_comes_in_order(tmp_path: Path, place: str) -> None:
    with inbox() as receiver:
        ready(tmp_path, COUNT, receiver)
        with relaying(tmp_path, "--batch=4", f"--stop-at={place}:8") as relay:
            has_said(relay, "there")
        with relaying(tmp_path, "--once", "--hours-ahead=1") as relay:
            assert 0 == finished(relay)
    assert [] == disorder(receiver.accepted, COUNT, interruptions=1)
    again = len(receiver.accepted) - COUNT
    assert (4 if place == "before-mark" else 0) == again


def test_killed_while_a_receiver_thinks_the_message_comes_again(tmp_path: Path) -> None:
    slow: list[Arrival] = []

    def thinks_once(opened, request, wait) -> bool:
        if len(receiver.seen) != 5:
            return True
        slow.append(receiver.seen[-1])
        wait(LONGEST_WAIT)
        return False

    with inbox(thinks_once) as receiver:
        ready(tmp_path, COUNT, receiver)
        with relaying(tmp_path, "--attempt-seconds=40"):
            receiver.until(lambda each: len(each.seen) == 5)
        with relaying(tmp_path, "--once", "--hours-ahead=1") as relay:
            assert 0 == finished(relay)
    assert [] == disorder(receiver.seen, COUNT, interruptions=1)
    assert slow[0] in receiver.accepted


def killed_many_times(folder: Path, messages: int, kills: int) -> Inbox:
    """Kill one relay after the other at random moments; then let one finish."""
    chance = random.Random(5)
    with inbox() as receiver:
        ready(folder, messages, receiver)
        for kill in range(kills):
            due = len(receiver.seen) + chance.randrange(1, messages // kills)
            with relaying(folder, "--batch=7", f"--hours-ahead={kill}"):
                receiver.until(lambda each, due=due: len(each.seen) >= due)  # type: ignore[misc]
                time.sleep(chance.random() * 0.003)
        with relaying(folder, "--once", f"--hours-ahead={kills}") as relay:
            assert 0 == finished(relay)
    return receiver


def test_killed_again_and_again_every_message_comes_in_order(tmp_path: Path) -> None:
    receiver = killed_many_times(tmp_path, 400, 6)
    assert [] == disorder(receiver.seen, 400, interruptions=6)


def test_control_run_a_relay_that_marks_before_it_sends_loses_messages(tmp_path: Path) -> None:
    with inbox() as receiver:
        ready(tmp_path, COUNT, receiver)
        with relaying(tmp_path, "--mark-first", "--batch=4", "--stop-at=before-send:6") as relay:
            has_said(relay, "there")
        with relaying(tmp_path, "--once", "--hours-ahead=1") as relay:
            assert 0 == finished(relay)
    assert [1, 2, 3, 4, 5, 9, 10, 11, 12] == receiver.numbers
    assert ["9 came after 5", "9 of 12 came"] == disorder(receiver.accepted, COUNT, 1)


def two_at_once(folder: Path, *options: str) -> list[Inbox]:
    """Two relays that change places often, on three logs of 150 messages."""
    both_up = threading.Event()

    def accepts(opened, request, wait) -> bool:
        return both_up.wait(LONGEST_WAIT)

    hurry = ("--turn-seconds=0.02", "--batch=5", "--workers=2", "--attempt-seconds=40", *options)
    with inbox(accepts) as first, inbox(accepts) as second, inbox(accepts) as third:
        inboxes = [first, second, third]
        ready(folder, 150, *inboxes)
        with relaying(folder, *hurry) as one, relaying(folder, *hurry) as other:
            has_said(one, "up")
            has_said(other, "up")
            # three threads wait in vain for the gate: one relay has two of them
            until(lambda: sum(len(each.seen) for each in inboxes) >= 3)
            both_up.set()
            for each in inboxes:
                each.has(150)
    return inboxes


def test_two_relays_at_once_send_every_message_once_and_in_order(tmp_path: Path) -> None:
    for receiver in two_at_once(tmp_path):
        assert list(range(1, 151)) == receiver.numbers


def test_control_run_two_relays_without_leases_send_one_log_at_the_same_time(
    tmp_path: Path,
) -> None:
    came = [receiver.numbers for receiver in two_at_once(tmp_path, "--no-lease")]
    assert [] != [numbers for numbers in came if numbers != sorted(set(numbers))]


def test_sigterm_finishes_the_message_at_hand_and_begins_no_other(tmp_path: Path) -> None:
    asked = False

    def waits_for_the_signal(opened, request, wait) -> bool:
        if len(receiver.seen) == 3:
            until(lambda: asked)
        return True

    with inbox(waits_for_the_signal) as receiver:
        ready(tmp_path, COUNT, receiver)
        with relaying(tmp_path, "--attempt-seconds=40") as relay:
            receiver.until(lambda each: len(each.seen) == 3)
            relay.terminate()
            time.sleep(0.2)
            asked = True
            assert 0 == finished(relay)
    assert [1, 2, 3] == receiver.numbers
    with open_database(tmp_path) as database:
        assert 3 == stream_of(database, 0).delivered_to
