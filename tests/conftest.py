"""Watches every test of the whole run, and keeps them all from the user's own cache folder."""

import os
from pathlib import Path

import pytest

pytest_plugins = ("tests.leak_guard",)

os.environ["SAMTALE_CACHE"] = "off"

TESTS = Path(__file__).parent
NOT_MEASURED = (
    "engine/columnar",
    "engine/test_coverage.py",
    "engine/test_engines_agree.py",
    "engine/test_passing_over.py",
    "engine/test_trace.py",
    "registry/replay",
    "test_benchmarks.py",
    "test_campaign.py",
    "test_guide.py",
    "ui",
    "web/relay",
    "web/serving",
)
"""What goes the same ways a thousand times, or in other processes: measuring these lines of code
again would double the time of the run and find no line that other tests do not."""


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one worker more than there are cores: a fifth of the time is spent in waiting."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Stop the first of the two measurements that pytest-cov begins in each worker of xdist.

    It begins one when it is loaded and another when the session starts; both at once take twice the
    time, and `no_cover` pauses only the second.
    """
    measuring = session.config.pluginmanager.getplugin("_cov")
    if hasattr(session.config, "workerinput") and measuring is not None:
        measuring.cov_controller.cov.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = tuple(TESTS / each for each in NOT_MEASURED)
    for item in items:
        if any(item.path.is_relative_to(place) for place in places):
            item.add_marker(pytest.mark.no_cover)
