"""Google's CEL for C++ with its Python wrapper (`cel-expr-python`).

One expression per rule, compiled and type-checked once; one activation per registration, which
every expression reads, as the wrapper's documentation has it for many policies on one request.
All thirteen rules can be expressed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cel_expr_python import cel

from benchmarks.engines.cel_expressions import EXPRESSIONS, Finding, found
from benchmarks.engines.contestant import Contestant
from benchmarks.engines.nested import Nested, nested

SUBJECTS = ("registration", "caller", "interview", "citizen")


def rule_by_rule(expressions: Mapping[Finding, str] = EXPRESSIONS) -> Contestant:
    """Compile every rule on its own."""
    environment = cel.NewEnv(variables=dict.fromkeys(SUBJECTS, cel.Type.DYN))
    rules = [environment.compile(expression) for expression in expressions.values()]

    def decide(facts: Nested) -> list[bool]:
        activation = environment.Activation(facts)
        return [rule.eval(activation).value() for rule in rules]

    return Contestant("cel-expr-python", "cel-expr-python", decide, nested, found)


def all_in_one() -> Contestant:
    """Compile one list of all the conditions; faster, since Python calls the engine once."""
    environment = cel.NewEnv(variables=dict.fromkeys(SUBJECTS, cel.Type.DYN))
    rules = environment.compile(f"[{', '.join(EXPRESSIONS.values())}]")

    def decide(facts: Nested) -> Any:
        return rules.eval(data=facts).plain_value()

    return Contestant("cel-expr-python, all in one", "cel-expr-python", decide, nested, found)
