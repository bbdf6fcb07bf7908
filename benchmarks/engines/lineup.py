"""Who takes part, hand-written Python first.

In: nothing. Out: contestants with their rules. The engines of others stand in
`requirements-engines.lock`; `make benchmark-engines` brings them.
Does not know: what they answer, or how fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version

from benchmarks.engines.contestant import Contestant
from benchmarks.hand_written import broken_rules

LINEUP = (
    "ours.compiled",
    "ours.durable",
    "durable_rules.one_ruleset",
    "zen_graph.loaded_graph",
    "zen_graph.created_decision",
    "zen_graph.one_expression",
    "google_cel.rule_by_rule",
    "google_cel.all_in_one",
    "rust_cel.rule_by_rule",
    "clips_rules.productions",
    "regopy_policy.bundle",
    "rule_engine_rules.rule_by_rule",
    "python_cel.rule_by_rule",
)
"""File and function; imported only when asked for, since the engines are optional."""


def hand_written() -> Contestant:
    """Return the yardstick."""
    return Contestant("hand-written Python", None, broken_rules)


def contestants() -> Iterator[Contestant]:
    """Make everyone in turn."""
    yield hand_written()
    for name in LINEUP:
        yield maker(name)()


def maker(name: str) -> Callable[[], Contestant]:
    """Return what makes the contestant of that name in `LINEUP`."""
    file, _, function = name.partition(".")
    made: Callable[[], Contestant] = getattr(import_module(f"benchmarks.engines.{file}"), function)
    return made


def missing() -> list[str]:
    """Return the packages of other engines that are not installed."""
    return [name for name in PACKAGES if not _version(name)]


PACKAGES = (
    "zen-engine",
    "cel-expr-python",
    "common-expression-language",
    "clipspy",
    "regopy",
    "rule-engine",
    "cel-python",
)


def versions() -> dict[str, str]:
    """Return the versions of the other engines, durable_rules among them."""
    return {name: _version(name) for name in ("durable-rules", *PACKAGES)}


def _version(distribution: str) -> str:
    try:
        return version(distribution)
    except PackageNotFoundError:
        return ""
