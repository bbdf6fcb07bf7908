"""`Program` → generated Python: the definition of meaning, and the fast path.

In: a `Program`. Out: an `Evaluator` that tells which requirements are unmet for given facts.
Does not know: why (see `trace`), nor how an answer is put into words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.compiled.codegen import Writer
from engine.compiled.discrimination import WORTHWHILE
from engine.decision import Evaluator, Firing
from engine.facts import Facts
from engine.problems import EvaluationError
from engine.program import Program


def compile_program(program: Program, groups_from: int = WORTHWHILE) -> Evaluator:
    """Generate the code of `program`; tests ask for groups of fewer rules than is worth while."""
    return _Compiled(program, groups_from)


@dataclass(slots=True)
class _Compiled:
    program: Program
    groups_from: int
    source: str = field(init=False)
    """The generated code, for those who want to read it."""
    _function: Callable[[Facts], list[Firing]] = field(init=False)

    def __post_init__(self) -> None:
        writer = Writer(self.program, self.groups_from)
        self.source = writer.write()
        namespace: dict[str, Any] = dict(writer.constants)
        exec(compile(self.source, f"<program {self.program.operation}>", "exec"), namespace)  # noqa: S102  # the text holds numbered names and operators only
        self._function = namespace["firings"]

    def firings(self, facts: Facts) -> tuple[Firing, ...]:
        try:
            return tuple(self._function(facts))
        except KeyError as missing:
            raise EvaluationError(f"fact `{missing.args[0]}` is missing") from None
        except (TypeError, OverflowError) as fault:
            raise EvaluationError(
                f"a rule of operation `{self.program.operation}` could not be evaluated"
            ) from fault
