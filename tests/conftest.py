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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = tuple(TESTS / each for each in NOT_MEASURED)
    for item in items:
        if any(item.path.is_relative_to(place) for place in places):
            item.add_marker(pytest.mark.no_cover)
