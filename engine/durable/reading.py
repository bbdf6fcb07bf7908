"""Lines of Python that read values from the facts, each value once.

In: the facts that fields name, and what is asked of them, piece by piece. Out: lines of a function.
Does not know: fields or rules. A function for each value would take several times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NoReturn

from engine.facts import FactType
from engine.problems import EvaluationError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_WIDEST = 2**62
"""Whole numbers are 64 bits wide in durable_rules, and no overflow is reported there."""


class Body:
    """The lines of one function body; `bound` takes what they name besides what is at hand.

    At hand are `facts`, `names` and `found`, and where a record is read `record` and `position`.
    """

    def __init__(self, bound: dict[str, Any]) -> None:
        self.lines: list[str] = []
        self._bound = bound
        self._locals: dict[Hashable, str] = {}

    def once(self, key: Hashable, expression: str) -> str:
        """Return the local that holds the value of `expression`, which `key` stands for."""
        if key not in self._locals:
            self._locals[key] = f"v{len(self._locals)}"
            self.lines.append(f"{self._locals[key]} = {expression}")
        return self._locals[key]

    def fact(self, name: str, *, inside: bool, optional: bool) -> str:
        """Return the local that holds a fact, or a field of the record at hand.

        Where it is missing and not optional an `EvaluationError` is raised.
        """
        key = ("fact", name, inside)
        if key in self._locals:
            return self._locals[key]
        local = self.once(key, f"{'record' if inside else 'facts'}.get({name!r})")
        if not optional:
            self.lines.append(f"if {local} is None: missing({name!r})")
        return local

    def name_of(self, local: str) -> str:
        """Return the expression of the number that stands for a code or text."""
        # the type belongs to the key: to Python, True and 1 are one key
        return f"names.setdefault(({local}.__class__, {local}), len(names))"

    def bind(self, value: object) -> str:
        """Return the name by which the lines reach a value."""
        name = f"c{len(self._bound)}"
        self._bound[name] = value
        return name


def number_of(type_: FactType, local: str) -> str:
    """Return the expression of a value as a whole number or boolean, of an absent one as 0."""
    match type_:
        case FactType.INSTANT:
            usual, plain = "datetime", f"({local} - EPOCH) // MICROSECOND"
        case FactType.DATE:
            usual, plain = "date", f"{local}.toordinal()"
        case FactType.BOOLEAN:
            usual, plain = "bool", local
        case _:
            return f"number({local})"
    return f"({plain} if {local}.__class__ is {usual} else number({local}))"


def number(value: object) -> int | bool:
    """Return a present value as a whole number or boolean, an absent one as 0.

    Raises `EvaluationError` for what durable_rules cannot hold.
    """
    match value:
        case None:
            return 0
        case datetime():
            return (value - _EPOCH) // _MICROSECOND
        case date():
            return value.toordinal()
        case int() if -_WIDEST < value < _WIDEST:
            return value
        case _:
            raise EvaluationError("a number is too large, or a value is of the wrong type")


def bindings() -> dict[str, Any]:
    """Return what every written function may name."""
    return {
        "EPOCH": _EPOCH,
        "MICROSECOND": _MICROSECOND,
        "Mapping": Mapping,
        "date": date,
        "datetime": datetime,
        "missing": _missing,
        "no_records": _no_records,
        "number": number,
    }


def function(lines: Iterable[str], bound: dict[str, Any]) -> Callable[..., Any]:
    """Return the function of `facts`, `names` and `found` with these lines as its body."""
    source = "\n    ".join(("def read(facts, names, found):", *lines))
    exec(compile(source, "<projection>", "exec"), bound)  # noqa: S102  # names are written by repr()
    made: Callable[..., Any] = bound.pop("read")
    return made


def _missing(name: str) -> NoReturn:
    raise EvaluationError(f"fact `{name}` is missing")


def _no_records(name: str) -> NoReturn:
    raise EvaluationError(f"fact `{name}` is no list of records")
