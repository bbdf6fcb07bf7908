"""What the names in generated code are bound to.

In: values that never change while a program is used. Out: an expression for each, and the names.
Does not know: what is written with them.

The functions of one program share them, and each is bound to those alone that it uses: the
interpreter finds names fast in a small mapping that does not change. No text of a rule file ever
becomes code: values are bound to numbered names, and only small whole numbers and truth values are
written out.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from types import CodeType
from typing import Any

from engine.facts import Facts, Lookup
from engine.lookups import Answers, in_force, looked_up
from engine.tables import Table


def refuse_absent(facts: Facts, names: Sequence[str]) -> None:
    """Raise `KeyError` for the first of these facts that is not given."""
    for name in names:
        if facts[name] is None:
            raise KeyError(name)


def _names_used(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_used(constant)


class Bindings:
    """The constants of one program; `names` grows while functions are written."""

    def __init__(self, tables: Mapping[str, Table]) -> None:
        self.names: dict[str, Any] = {"refuse_absent": refuse_absent}
        self._tables = tables
        self._known: dict[Hashable, str] = {}
        self._values: dict[Hashable, Any] = {}

    def expression(self, value: object) -> str:
        """Return an expression for a value."""
        if isinstance(value, bool) or (isinstance(value, int) and abs(value) < 10**18):
            return repr(value)
        name = f"K{len(self.names)}"
        self.names[name] = value
        return name

    def once(self, key: Hashable, make: Callable[[], object]) -> str:
        """Return an expression for the value of `key`, made when it is first asked for."""
        if key not in self._known:
            self._known[key] = self.expression(make())
        return self._known[key]

    def value(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return what is remembered under `key`, made when it is first asked for."""
        if key not in self._values:
            self._values[key] = make()
        return self._values[key]

    def function(self, name: str, source: str, origin: str) -> tuple[Any, dict[str, Any]]:
        """Compile a function; return it with the names that it uses, in which it is at home."""
        code = compile(source, f"<{origin}>", "exec")
        home = {used: self.names[used] for used in _names_used(code) if used in self.names}
        exec(code, home)  # noqa: S102  # the text holds numbered names and operators only
        return home[name], home

    def looked_up(self, lookup: Lookup) -> tuple[Hashable, Answers[Any]]:
        """Return what the column of a table answers, with what tells it from others."""
        key = (lookup.table, lookup.column, type(lookup.otherwise), lookup.otherwise)
        return key, self.value(key, lambda: looked_up(lookup, self._tables))

    def in_force(self, code_list: str) -> tuple[Hashable, Answers[Any]]:
        """Return whether the code list holds a code, with what tells it from others."""
        return code_list, self.value(code_list, lambda: in_force(self._tables[code_list]))
