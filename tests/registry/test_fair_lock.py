"""The lock in front of SQLite: one at a time, in the order of asking."""

from __future__ import annotations

from threading import Event, Thread

from registry.fair_lock import FairLock


def wait_until_queued(lock: FairLock, count: int) -> None:
    while len(lock._waiting) < count:
        Event().wait(0.001)


def test_the_longest_waiting_comes_first() -> None:
    lock = FairLock()
    order: list[int] = []

    def wait_for_turn(number: int) -> None:
        assert lock.acquire(60)
        order.append(number)
        lock.release()

    assert lock.acquire(60)
    threads = [Thread(target=wait_for_turn, args=[number]) for number in range(5)]
    for number, thread in enumerate(threads):
        thread.start()
        wait_until_queued(lock, number + 1)
    lock.release()
    for thread in threads:
        thread.join()
    assert [0, 1, 2, 3, 4] == order


def test_who_has_waited_too_long_goes_away_and_hinders_no_one() -> None:
    lock = FairLock()
    assert lock.acquire(60)
    assert not lock.acquire(0.01)
    lock.release()
    assert lock.acquire(0.01)


def test_one_at_a_time() -> None:
    lock = FairLock()
    inside: list[int] = []
    most = 0

    def work() -> None:
        nonlocal most
        for _ in range(200):
            assert lock.acquire(60)
            inside.append(1)
            most = max(most, len(inside))
            inside.pop()
            lock.release()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 == most
