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
    """The functions of one program; `sources` are their text, for those who want to read it."""

    firings: Callable[[Facts], tuple[Firing, ...]]

    def __init__(self, program: Program, grouping: Grouping) -> None:
        self._operation = program.operation
        self._writer = Writer(program, grouping, self)
        self._names = self._writer.bindings.names
        self._names.update(not_given=_not_given, undecided=self._undecided)
        # writing a function may name further ones, in whoever's call it happens
        self._lock = RLock()
        self._named = 0
        self.sources: list[str] = []
        self.firings = self._function("firings", self._writer.whole())

    def of_part(self, fires: Sequence[Fires], told: Collection[Telling]) -> str:
        """Return the name of a function that decides these when it is called."""
        name = self._name()
        self._names[name] = _Later(lambda: self._part(name, fires, told), self._lock, name)
        return name

    def of_groups(
        self, of_value: Mapping[Scalar, Sequence[Fires]], told: Collection[Telling]
    ) -> str:
        """Return the name of a mapping from value to the function that decides its group."""
        table: dict[Any, Part] = {}
        for value, fires in of_value.items():
            table[value] = self._of_group(fires, told, table, value)
        name = self._name()
        self._names[name] = table
        return name

    def _of_group(
        self,
        fires: Sequence[Fires],
        told: Collection[Telling],
        table: dict[Any, Part],
        value: Scalar,
    ) -> Part:
        later = _Later(lambda: self._part("group", fires, told), self._lock, value)
        later.home = table
        return later

    def _part(self, name: str, fires: Sequence[Fires], told: Collection[Telling]) -> Part:
        return self._function(name, self._writer.part(name, fires, told))  # type: ignore[no-any-return]  # generated

    def _function(self, name: str, source: str) -> Any:
        self.sources.append(source)
        origin = f"program {self._operation}"
        function, home = self._writer.bindings.function(name, source, origin)
        for later in home.values():
            if isinstance(later, _Later):
                later.home = home
        return function

    def _name(self) -> str:
        self._named += 1
        return f"g{self._named}"

    def _undecided(self) -> EvaluationError:
        return EvaluationError(f"a rule of operation `{self._operation}` could not be evaluated")


class _Later:
    """A function that on its first call is made and takes its own place in `home`."""

    __slots__ = ("_key", "_lock", "_make", "home")

    def __init__(self, make: Callable[[], Part], lock: RLock, key: Scalar) -> None:
        self.home: dict[Any, Any] = {}
        self._make, self._lock, self._key = make, lock, key

    def __call__(self, fired: list[Firing], facts: Facts) -> None:
        with self._lock:
            if self.home[self._key] is self:
                self.home[self._key] = self._make()
        self.home[self._key](fired, facts)


def _not_given(missing: KeyError) -> EvaluationError:
    return EvaluationError(f"fact `{missing.args[0]}` is missing")
