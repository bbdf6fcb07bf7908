"""Twins say the same: both databases, both rule engines, both checkers of messages.

Random commands go to a registry on each database, random facts to random rulebooks on each engine,
spoiled messages to both checkers.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from random import Random

import hypothesis

from registry.schema import upgrade
from registry.storage import Database
from tests.campaign.databases import POSTGRESQL, SQLITE, empty, temporary_folder
from tests.campaign.row import Row, Scale
from tests.campaign.serving import PROJECT
from tests.registry.test_same_on_both import COMMANDS, alike, commands
from tests.web.test_schemas_agree import messages, reference
from web.api.schemas import check


def run(scale: Scale) -> Iterator[Row]:
    yield _databases(scale.of(small=1, large=60))
    yield _engines(scale.of(small=200, large=100_000))
    yield _checkers(scale.of(small=200, large=20_000))


def _databases(sequences: int) -> Row:
    broken = []
    with temporary_folder() as folder:
        for seed in range(1000, 1000 + sequences):
            urls = [empty(kind, folder) for kind in (SQLITE, POSTGRESQL)]
            for url in urls:
                with closing(Database(url)) as database:
                    upgrade(database)
            try:
                alike(*urls, commands(Random(seed)))
            except AssertionError as difference:
                broken.append(f"seed {seed}: {str(difference)[:300]}")
    return Row(
        *("F3", f"{SQLITE} = {POSTGRESQL}"),
        load=f"{sequences} sequences of {COMMANDS} commands",
        broken=tuple(broken),
    )


def _engines(examples: int) -> Row:
    # durable_rules never gives a ruleset back: this campaign has processes of its own
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.campaign", "--examples", str(examples)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    broken = () if done.returncode == 0 else (done.stdout[-500:] + done.stderr[-500:],)
    return Row(*("F3", "–"), load=f"compiled = durable, {examples:,} sets of facts", broken=broken)


def _checkers(examples: int) -> Row:
    broken = []

    @hypothesis.seed(1)
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(messages)
    def agree(message: tuple[str, object]) -> None:
        name, body = message
        assert reference(name, body) == sorted({each.pointer for each in check(name, body)})

    try:
        agree()
    except AssertionError as difference:
        broken.append(str(difference)[:300])
    return Row(
        *("F3", "–"),
        load=f"jsonschema = jsonschema-rs, {examples:,} spoiled messages",
        broken=tuple(broken),
    )
