"""CEL for Rust with its Python wrapper (`common-expression-language`).

One program per rule, compiled once, and one context per registration that every program reads: a
context takes its facts over once, a dictionary would be taken over by each program (ten times
slower). All thirteen rules can be expressed.
"""

from __future__ import annotations

import cel

from benchmarks.engines.cel_expressions import EXPRESSIONS, found
from benchmarks.engines.contestant import Contestant
from benchmarks.engines.nested import Nested, nested


def rule_by_rule() -> Contestant:
    """Compile every rule on its own."""
    rules = [cel.compile(expression) for expression in EXPRESSIONS.values()]

    def decide(facts: Nested) -> list[bool]:
        context = cel.Context(facts)
        return [rule.execute(context) for rule in rules]

    return Contestant(
        "common-expression-language", "common-expression-language", decide, nested, found
    )
