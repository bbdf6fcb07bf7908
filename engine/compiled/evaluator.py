"""`Program` → generated Python: the definition of meaning, and the fast path.

In: a `Program`. Out: an `Evaluator` that tells which requirements are unmet for given facts.
Does not know: why (see `trace`), nor how an answer is put into words.

Functions for rules that are mostly passed over are written and compiled when they are first called,
so that ten thousand rules cost at the start what the few cost that are asked about.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from threading import RLock
from typing import Any

from engine.compiled.codegen import Grouping, Writer
from engine.compiled.discrimination import Fires, Telling
from engine.decision import Evaluator, Firing
from engine.facts import Facts, Scalar
from engine.problems import EvaluationError
from engine.program import Program

Part = Callable[[list[Firing], Facts], None]
"""Decides some of the rules: adds to what has fired."""


def compile_program(program: Program, grouping: Grouping | None = None) -> Evaluator:
    """Generate the code of `program`; tests ask for groups of fewer rules than is worth while."""
    return _Compiled(program, grouping or Grouping())


class _Compiled:
    """The functions of one program; `source` is their text, for those who want to read it."""

    firings: Callable[[Facts], tuple[Firing, ...]]

    def __init__(self, program: Program, grouping: Grouping) -> None:
        self._operation = program.operation
        self._writer = Writer(program, grouping, self)
        self._namespace = self._writer.bindings.names
        self._namespace.update(not_given=_not_given, undecided=self._undecided)
        self._lock = RLock()
        self._named = 0
        self.sources: list[str] = []
        self.firings = self._bind("firings", self._writer.whole())

    def of_part(self, fires: Sequence[Fires], told: Collection[Telling]) -> str:
        """Return the name of a function that decides these when it is called."""
        name = self._name()
        self._namespace[name] = self._later(name, fires, told, self._namespace, name)
        return name

    def of_groups(
        self, of_value: Mapping[Scalar, Sequence[Fires]], told: Collection[Telling]
    ) -> str:
        """Return the name of a mapping from value to the function that decides its group."""
        table: dict[Any, Any] = {}
        for value, fires in of_value.items():
            table[value] = self._later(self._name(), fires, told, table, value)
        name = self._name()
        self._namespace[name] = table
        return name

    def _later(
        self,
        name: str,
        fires: Sequence[Fires],
        told: Collection[Telling],
        home: dict[Any, Any],
        key: Scalar,
    ) -> Part:
        """Return a function that on its first call writes the real one and puts it in its place."""

        def write_and_call(fired: list[Firing], facts: Facts) -> None:
            with self._lock:
                if home[key] is write_and_call:
                    home[key] = self._bind(name, self._writer.part(name, fires, told))
            home[key](fired, facts)

        return write_and_call

    def _name(self) -> str:
        self._named += 1
        return f"g{self._named}"

    def _bind(self, name: str, source: str) -> Any:
        self.sources.append(source)
        exec(compile(source, f"<program {self._operation}>", "exec"), self._namespace)  # noqa: S102  # the text holds numbered names and operators only
        return self._namespace[name]

    def _undecided(self) -> EvaluationError:
        return EvaluationError(f"a rule of operation `{self._operation}` could not be evaluated")


def _not_given(missing: KeyError) -> EvaluationError:
    return EvaluationError(f"fact `{missing.args[0]}` is missing")
