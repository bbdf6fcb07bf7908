"""An example → its lines in a case file, ready to be pasted under `examples:`.

In: facts, what the file's examples differ from, and the expected answer. Out: YAML in the style of
`tests/cases`.
Does not know: the file system, or whether the expectation is right.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from engine.cases.expectations import HOLDING, Expected
from engine.cases.files import Starting
from engine.explain.wording import DENMARK
from engine.facts import (
    Catalogue,
    Fact,
    Facts,
    FactType,
    Record,
    Scalar,
    Value,
    plain_facts,
    read_facts,
)
from engine.model import RuleKind
from engine.source.writing import quoted, written_scalar

INDENT = "  "


@dataclass(frozen=True, slots=True)
class Example:
    """One example as its author would write it: only what differs from the start of its file."""

    name: str
    operation: str | None
    """None: the one of the file."""
    change: Mapping[str, str | tuple[str, ...]]
    """Fact to its value as it is written on one line; records are several."""
    absent: tuple[str, ...]
    expected: Expected
    comments: tuple[str, ...] = ()


def example_of(
    name: str,
    operation: str,
    facts: Facts,
    start: Starting,
    expected: Expected,
    catalogue: Catalogue,
    comments: Sequence[str] = (),
) -> Example:
    """Return the example of complete facts for `operation` in a file that starts from `start`."""
    known = catalogue.of_operations([operation])
    plain = plain_facts(facts)
    shared = {name: value for name, value in start.facts.items() if name in known}
    base = read_facts(catalogue, operation, {**plain, **shared})
    change = {
        fact: written_fact(known[fact], value)
        for fact, value in facts.items()
        if value is not None and (fact not in shared or base[fact] != value)
    }
    absent = tuple(fact for fact in start.facts if fact not in known or facts.get(fact) is None)
    own = None if operation == start.operation else operation
    return Example(name, own, change, absent, expected, tuple(comments))


def written_example(example: Example) -> str:
    """Return the example as it stands in the list `examples`, with a line break at its end."""
    return "".join(f"{INDENT}{line}\n" for line in _lines(example))


def written_fact(fact: Fact, value: Value | tuple[Record, ...]) -> str | tuple[str, ...]:
    """Return the value of a fact as a case file writes it; each record is a line."""
    if fact.type is FactType.RECORDS and isinstance(value, tuple):
        records = tuple(_record(fact, each) for each in value if isinstance(each, Mapping))
        return records or "[]"
    if fact.type is FactType.CODES and isinstance(value, tuple):
        return _list(value)  # type: ignore[arg-type]  # a list of codes
    return _scalar(fact, value, in_brackets=False)  # type: ignore[arg-type]  # all that is left


def _record(fact: Fact, record: Record) -> str:
    parts = (
        f"{name}: {_scalar(fact.fields[name], value, in_brackets=True)}"  # type: ignore[arg-type]  # a field is a scalar
        for name, value in record.items()
        if value is not None
    )
    return f"{{{', '.join(parts)}}}"


def _scalar(fact: Fact, value: Scalar, *, in_brackets: bool) -> str:
    if isinstance(value, datetime):
        value = value.astimezone(DENMARK)
    if isinstance(value, str) and fact.type is FactType.TEXT:
        # as analysts write them: a text that is a value stands in quotes, a code does not
        return quoted(value)
    return written_scalar(value, in_brackets=in_brackets)


def _lines(example: Example) -> Iterator[str]:
    yield from (f"# {comment}" for comment in example.comments)
    yield f"- name: {written_scalar(example.name)}"
    if example.operation is not None:
        yield f"{INDENT}operation: {example.operation}"
    if example.change:
        yield f"{INDENT}change:"
        for fact, value in example.change.items():
            yield from (f"{INDENT}{INDENT}{line}" for line in _fact(fact, value))
    if example.absent:
        yield f"{INDENT}absent: [{', '.join(example.absent)}]"
    yield f"{INDENT}expect: {{{_answer(example.expected)}}}"


def _fact(name: str, value: str | tuple[str, ...]) -> Iterator[str]:
    if isinstance(value, str):
        yield f"{name}: {value}"
    else:
        yield f"{name}:"
        yield from (f"{INDENT}- {each}" for each in value)


def _answer(expected: Expected) -> str:
    if expected.kind is not RuleKind.RULE:
        return f"{HOLDING[expected.kind]}: {_list(expected.holding)}"
    codes = f"codes: {_list(expected.codes)}"
    return f"{codes}, advice: {_list(expected.advice)}" if expected.advice else codes


def _list(names: Sequence[Scalar]) -> str:
    return f"[{', '.join(written_scalar(each, in_brackets=True) for each in names)}]"
