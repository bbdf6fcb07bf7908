"""CEL in pure Python (`cel-python`).

One program per rule, built once. The facts are brought to the types of the language beforehand, as
the package asks of its users. All thirteen rules can be expressed. The runner is the one that the
package takes by itself; its other one, which turns expressions into Python, is several times
faster but in this version (0.5.0) errs on `has`, which every optional fact needs.
"""

from __future__ import annotations

from typing import Any

import celpy
from celpy.adapter import json_to_cel

from benchmarks.engines.cel_expressions import EXPRESSIONS, found
from benchmarks.engines.contestant import Contestant, Facts
from benchmarks.engines.nested import nested


def rule_by_rule() -> Contestant:
    """Compile every rule on its own."""
    environment = celpy.Environment()
    rules = [
        environment.program(environment.compile(expression)) for expression in EXPRESSIONS.values()
    ]

    def decide(facts: dict[str, Any]) -> list[bool]:
        return [bool(rule.evaluate(facts)) for rule in rules]

    return Contestant("cel-python", "cel-python", decide, _typed, found, slow=True)


def _typed(facts: Facts) -> dict[str, Any]:
    return {name: json_to_cel(value) for name, value in nested(facts).items()}
