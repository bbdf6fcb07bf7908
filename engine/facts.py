"""The fact catalogue: every name a rule may use, and facts that obey it.

In: plain values as JSON or YAML gives them. Out: `Facts`, typed as the catalogue says.
Does not know: where facts come from, nor what an interview is.

Shape of `Facts`: a flat mapping from fact name to value, e.g. `{"interview.type": 18, …}`.

=========  =====================================================================
type       Python value
=========  =====================================================================
code       `int` or `str`, as the keys of its code list
codes      `tuple` of codes
text       `str` in Unicode NFC
integer    `int`
boolean    `bool`
date       `datetime.date`, a calendar day in Europe/Copenhagen
instant    `datetime.datetime` in UTC, microseconds
records    `tuple` of mappings from field name to value
=========  =====================================================================

An optional fact that is not given has the value None or is left out; within a record every field
that is not looked up is present, None when not given. Looked-up facts are never handed in: the
engine finds them in the tables.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum

from engine.problems import NOWHERE, EngineError, Place

Scalar = int | str | date | datetime
"""`bool` is an `int` to Python; the catalogue keeps them apart."""
Value = Scalar | tuple[Scalar, ...]
Record = Mapping[str, Value | None]
Facts = Mapping[str, Value | tuple[Record, ...] | None]


@dataclass(frozen=True, slots=True)
class Text:
    """The same words in Danish and in English."""

    da: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the English words for `en`, the Danish ones for anything else."""
        return self.en if language == "en" else self.da


class FactType(StrEnum):
    """What kind of value a fact has; decides which operators apply."""

    CODE = "code"
    CODES = "codes"
    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"
    INSTANT = "instant"
    RECORDS = "records"


@dataclass(frozen=True, slots=True)
class Lookup:
    """How a looked-up fact is found: `column` of the row of `table` with `key`, in force on `on`.

    `key` and `on` name a field of the same record when there is one of that name, else a fact.
    `otherwise` is the value when the table has no row in force: a looked-up fact is never absent.
    """

    table: str
    column: str
    key: str
    on: str
    otherwise: Value


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the catalogue: a fact, or a field of the records of a list."""

    name: str
    type: FactType
    label: Text
    """As it reads inside a sentence: `samtaletypen`, `the interview type`."""
    description: Text
    code_list: str | None = None
    optional: bool = False
    looked_up: Lookup | None = None
    fields: Mapping[str, Fact] = field(default_factory=dict)
    """The fields of a record; empty unless `type` is RECORDS."""
    record_label: Text | None = None
    """One record of the list inside a sentence: `en samtale`, `an interview`."""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All facts by name, and which operations give which facts."""

    facts: Mapping[str, Fact]
    operations: Mapping[str, frozenset[str]]
    """Operation name to the names of the facts that are there when it is decided."""

    def of_operations(self, operations: Sequence[str]) -> Mapping[str, Fact]:
        """Return the facts that every one of `operations` gives."""
        shared = frozenset.intersection(*(self.operations[name] for name in operations))
        return {name: fact for name, fact in self.facts.items() if name in shared}


@dataclass(frozen=True, slots=True)
class FactFault:
    """One fact that does not obey the catalogue, at a path: `citizen.interviews[2].type`."""

    where: str
    message: str


class FactsError(EngineError):
    """Plain facts do not obey the catalogue; `faults` holds every reason."""

    def __init__(self, faults: Sequence[FactFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"`{fault.where}`: {fault.message}" for fault in faults))


def read_facts(catalogue: Catalogue, operation: str, plain: Mapping[str, object]) -> Facts:
    """Read plain facts (JSON or YAML values, flat by fact name) for one operation.

    Dates may be `date` or ISO text, instants `datetime` or RFC 3339 text with an offset.
    Raises `FactsError` with every fault: unknown names, wrong types, missing facts.
    """
    known = catalogue.of_operations([operation])
    faults: list[FactFault] = []
    facts: dict[str, Value | tuple[Record, ...] | None] = {}
    for name in plain:
        if name not in known:
            faults.append(FactFault(name, f"operation `{operation}` has no such fact"))
        elif known[name].looked_up is not None:
            faults.append(FactFault(name, "is looked up in a table and cannot be given"))
    for name, fact in known.items():
        if fact.looked_up is None:
            facts[name] = _read(fact, name, plain.get(name), faults)
    if faults:
        raise FactsError(faults)
    return facts


def plain_facts(facts: Mapping[str, object]) -> dict[str, object]:
    """Return facts as JSON values, the inverse of `read_facts`; absent facts are left out."""
    return {
        name: value if value.__class__ in _PLAIN else _plain(value)
        for name, value in facts.items()
        if value is not None
    }


_PLAIN = frozenset({bool, int, str})
"""What is a JSON value already."""


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return plain_facts(value)
    if isinstance(value, tuple):
        return [part if part.__class__ in _PLAIN else _plain(part) for part in value]
    return value


def _read(
    fact: Fact, where: str, plain: object, faults: list[FactFault]
) -> Value | tuple[Record, ...] | None:
    if plain is None:
        if not fact.optional:
            faults.append(FactFault(where, f"expected {fact.type.value}, found nothing"))
        return None
    if fact.type is FactType.RECORDS:
        return _read_records(fact, where, plain, faults)
    if fact.type is FactType.CODES:
        if not isinstance(plain, list | tuple):
            faults.append(FactFault(where, f"expected a list of codes, found {_kind(plain)}"))
            return None
        return tuple(code for code in plain if _is_code(code, where, faults))
    return read_scalar(fact.type, where, plain, faults)


def _read_records(
    fact: Fact, where: str, plain: object, faults: list[FactFault]
) -> tuple[Record, ...] | None:
    if not isinstance(plain, list | tuple):
        faults.append(FactFault(where, f"expected a list of records, found {_kind(plain)}"))
        return None
    records: list[Record] = []
    for position, entry in enumerate(plain):
        here = f"{where}[{position}]"
        if not isinstance(entry, Mapping):
            faults.append(FactFault(here, f"expected a record, found {_kind(entry)}"))
            continue
        for name in entry:
            if name not in fact.fields:
                faults.append(FactFault(f"{here}.{name}", "the record has no such field"))
            elif fact.fields[name].looked_up is not None:
                faults.append(
                    FactFault(f"{here}.{name}", "is looked up in a table and cannot be given")
                )
        record: dict[str, Value | None] = {}
        for name, part in fact.fields.items():
            if part.looked_up is None:
                # a field is never itself a list of records: the reader of the catalogue refuses it
                record[name] = _read(part, f"{here}.{name}", entry.get(name), faults)  # type: ignore[assignment]
        records.append(record)
    return tuple(records)


def read_scalar(
    kind: FactType, where: str, plain: object, faults: list[FactFault]
) -> Scalar | None:
    """Read one scalar of the given type, or add a fault and return None; nothing is coerced."""
    if kind is FactType.CODE:
        return plain if _is_code(plain, where, faults) else None  # type: ignore[return-value]
    if kind is FactType.TEXT and isinstance(plain, str):
        return unicodedata.normalize("NFC", plain)
    if kind is FactType.INTEGER and isinstance(plain, int) and not isinstance(plain, bool):
        return plain
    if kind is FactType.BOOLEAN and isinstance(plain, bool):
        return plain
    if kind is FactType.DATE:
        if isinstance(plain, date) and not isinstance(plain, datetime):
            return plain
        if isinstance(plain, str):
            try:
                return date.fromisoformat(plain)
            except ValueError:
                pass
    if kind is FactType.INSTANT:
        moment = plain
        if isinstance(moment, str):
            try:
                moment = datetime.fromisoformat(moment)
            except ValueError:
                moment = None
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    faults.append(FactFault(where, f"expected {kind.value}, found {_kind(plain)}"))
    return None


def _is_code(plain: object, where: str, faults: list[FactFault]) -> bool:
    if isinstance(plain, int | str) and not isinstance(plain, bool):
        return True
    faults.append(FactFault(where, f"expected a code, found {_kind(plain)}"))
    return False


def _kind(plain: object) -> str:
    """Name the kind of a plain value without showing the value: it may be personal data."""
    if isinstance(plain, bool):
        return "a boolean"
    if isinstance(plain, int):
        return "an integer"
    if isinstance(plain, str):
        return "text of another form"
    if isinstance(plain, Mapping):
        return "a record"
    if isinstance(plain, list | tuple):
        return "a list"
    if plain is None:
        return "nothing"
    return "a value of another kind"
