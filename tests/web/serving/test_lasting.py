"""Servers leave what they hold all their life out of garbage collections."""

from __future__ import annotations

import gc
import os
import weakref
from collections.abc import Iterator
from typing import Any

import pytest

from web.serving import waitress_server
from web.serving.gunicorn_server import Application
from web.serving.lasting import hold_what_is_there
from web.settings import Settings


class Circle:
    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def _not_for_other_tests() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


def test_what_is_there_is_not_looked_through_again() -> None:
    kept = Circle()
    hold_what_is_there()
    assert gc.get_freeze_count() > 1000
    assert not any(each is kept for each in gc.get_objects())


def test_what_was_held_and_is_no_longer_used_goes_at_the_next_time() -> None:
    circle = Circle()
    gone = weakref.ref(circle)
    hold_what_is_there()
    del circle
    gc.collect()
    assert gone() is not None
    hold_what_is_there()
    assert gone() is None


def test_waitress_holds_before_it_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nothing:
        effective_port = 1

        def run(self) -> None:
            raise KeyboardInterrupt

    held = []
    monkeypatch.setattr(waitress_server, "listening", lambda *_: Nothing())
    monkeypatch.setattr(waitress_server.signal, "signal", lambda *_: None)
    waitress_server.serve(None, Settings(), lambda _port: held.append(gc.get_freeze_count()))
    assert held[0] > 1000


def test_gunicorn_holds_each_application_before_it_forks() -> None:
    held: list[int] = []

    def make() -> Any:
        held.append(gc.get_freeze_count())
        return object()

    settings = Settings(host="127.0.0.1", port=0)
    slots: Any = None  # those of no process: it would count for all the tests that follow
    application = Application(make, settings, slots, lambda _port: None)
    os.close(application._number)
    first = gc.get_freeze_count()
    assert held == [0]
    assert first > 1000
    application.renew()
    assert held == [0, first]
