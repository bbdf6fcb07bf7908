"""What an example of a case file expects of the rules: codes, or the grants or notices that hold.

In: the mapping of one example, its operation, and the rulebook. Out: the expected answer, or
problems at their places.
Does not know: facts, or what the rules answer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.model import Rulebook, RuleKind
from engine.reader.reading import as_list, as_text, did_you_mean
from engine.reader.section import Section

HOLDING = {RuleKind.GRANT: "grants", RuleKind.NOTICE: "notices"}
"""The key under which an example names what is expected to hold."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The exact answer that an example expects; every list is in the order of the rule files."""

    kind: RuleKind = RuleKind.RULE
    """What decides the operation; only rules have codes and advice, and only the others hold."""
    codes: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    holding: tuple[str, ...] = ()


def read_expected(example: Section, operation: str | None, rulebook: Rulebook) -> Expected:
    """Read `expect`; where grants or notices decide, the list of those that hold is required."""
    expect = example.section("expect")
    if expect is None:
        return Expected()
    kind = RuleKind.RULE if operation is None else rulebook.kind_of(operation)
    if operation is None or kind is RuleKind.RULE:
        known = rulebook.error_codes
        expected = Expected(
            codes=_names(expect, "codes", known, "error code"),
            advice=_names(expect, "advice", known, "error code"),
        )
    else:
        expect.need(HOLDING[kind])
        ids = [rule.id for rule in rulebook.rules_of(operation)]
        expected = Expected(kind, holding=_names(expect, HOLDING[kind], ids, kind.value))
    expect.close()
    return expected


def _names(expect: Section, key: str, known: Collection[str], what: str) -> tuple[str, ...]:
    node = expect.find(key)
    if node is None:
        return ()
    names: list[str] = []
    for entry in as_list(node, expect.problems, f"`{key}`", may_be_empty=True).entries:
        name = as_text(entry, expect.problems, f"an entry of `{key}`")
        if name is None:
            continue
        if name not in known:
            expect.problems.error(
                "unknown-code",
                entry.place,
                f"there is no {what} `{name}`",
                did_you_mean(name, known),
            )
        names.append(name)
    return tuple(names)
