"""Projected facts as durable_rules gets them: a sentinel, the records, the request.

In: the fields that a ruleset reads. Out: the function that writes its batch for a situation; and
single fields of the request.
Does not know: what the rules demand of the fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from engine.durable.projection import Field, Situation
from engine.durable.reading import Body, bindings, function

SENTINEL, REQUEST = 0, 1
"""The kinds of the two facts that are no records; those of lists follow."""
Batch = list[dict[str, object]]


def batch_writer(
    kinds: Mapping[str, int], records: Mapping[str, Sequence[Field]], request: Sequence[Field]
) -> Callable[[Situation], Batch]:
    """Return what writes a batch; it raises `EvaluationError` for a missing fact.

    `kinds` are those of the lists, `records` the fields of their records.
    """
    bound = bindings()
    lines = [f"batch = [{_fact(SENTINEL)}]"]
    for name, fields in records.items():
        body = Body(bound)
        record = _fact(kinds[name], "'position': position", *_values(body, fields))
        lines += [
            f"records = facts.get({name!r})",
            f"if not isinstance(records, tuple): missing({name!r})",
            "for position, record in enumerate(records):",
            f"    if not isinstance(record, (dict, Mapping)): no_records({name!r})",
            *(f"    {line}" for line in body.lines),
            f"    batch.append({record})",
        ]
    body = Body(bound)
    last = _fact(REQUEST, *_values(body, request))
    return _of_situation([*lines, *body.lines, f"batch.append({last})", "return batch"], bound)


Readers = dict[Field, Callable[[Situation], Any]]


class Values:
    """Fields of the request in one situation, each read once; `readers` keeps what reads them."""

    def __init__(self, situation: Situation, readers: Readers) -> None:
        self._situation = situation
        self._readers = readers
        self._read: dict[Field, Any] = {}

    def of(self, field: Field) -> Any:
        """Return the value; raises `EvaluationError` for a missing fact."""
        if field not in self._read:
            if field not in self._readers:
                self._readers[field] = _reader(field)
            self._read[field] = self._readers[field](self._situation)
        return self._read[field]


def _reader(field: Field) -> Callable[[Situation], Any]:
    bound = bindings()
    body = Body(bound)
    value = field.write(body)
    return _of_situation([*body.lines, f"return {value}"], bound)


def _of_situation(lines: Iterable[str], bound: dict[str, Any]) -> Callable[[Situation], Any]:
    made = function(lines, bound)
    return lambda situation: made(situation.facts, situation.names, situation.found)


def _values(body: Body, fields: Iterable[Field]) -> list[str]:
    return [f"{field.name!r}: {field.write(body)}" for field in fields]


def _fact(kind: int, *values: str) -> str:
    return "{" + ", ".join((f"'kind': {kind}", "'one': 1", *values)) + "}"
