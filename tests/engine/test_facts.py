"""Facts obey the catalogue: nothing is coerced, every fault is told, nothing personal is shown."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engine.facts import (
    Catalogue,
    Fact,
    FactsError,
    FactType,
    Lookup,
    Text,
    plain_facts,
    read_facts,
)

WORDS = Text("ordet", "the word")


def _fact(name: str, kind: FactType, **more: object) -> Fact:
    return Fact(name, kind, WORDS, WORDS, **more)  # type: ignore[arg-type]  # keyword arguments of a test


FACTS = {
    fact.name: fact
    for fact in (
        _fact("loan.kind", FactType.CODE, code_list="kinds"),
        _fact("loan.note", FactType.TEXT, optional=True),
        _fact("loan.days", FactType.INTEGER),
        _fact("loan.urgent", FactType.BOOLEAN),
        _fact("loan.on", FactType.DATE),
        _fact("loan.at", FactType.INSTANT),
        _fact("loan.shelves", FactType.CODES, code_list="kinds"),
        _fact(
            "loan.dear",
            FactType.BOOLEAN,
            looked_up=Lookup("kinds", "dear", "loan.kind", "loan.on", False),
        ),
        _fact(
            "reader.loans",
            FactType.RECORDS,
            fields={
                "kind": _fact("kind", FactType.CODE, code_list="kinds"),
                "until": _fact("until", FactType.DATE, optional=True),
            },
        ),
    )
}
CATALOGUE = Catalogue(FACTS, {"lend": frozenset(FACTS), "renew": frozenset({"loan.days"})})
PLAIN: dict[str, object] = {
    "loan.kind": 7,
    "loan.days": 3,
    "loan.urgent": False,
    "loan.on": "2024-02-29",
    "loan.at": "2024-02-29T10:00:00+01:00",
    "loan.shelves": [1, 2],
    "reader.loans": [{"kind": 8}, {"kind": 7, "until": "2024-03-01"}],
}


def _faults(**changes: object) -> dict[str, str]:
    changed = {name.replace("__", "."): value for name, value in changes.items()}
    with pytest.raises(FactsError) as raised:
        read_facts(CATALOGUE, "lend", {**PLAIN, **changed})
    return {fault.where: fault.message for fault in raised.value.faults}


def test_plain_values_become_typed_ones_and_absent_optionals_none() -> None:
    assert {
        "loan.kind": 7,
        "loan.note": None,
        "loan.days": 3,
        "loan.urgent": False,
        "loan.on": date(2024, 2, 29),
        "loan.at": datetime(2024, 2, 29, 9, tzinfo=UTC),
        "loan.shelves": (1, 2),
        "reader.loans": (
            {"kind": 8, "until": None},
            {"kind": 7, "until": date(2024, 3, 1)},
        ),
    } == read_facts(CATALOGUE, "lend", PLAIN)


def test_facts_survive_the_way_to_json_and_back() -> None:
    facts = read_facts(CATALOGUE, "lend", PLAIN)
    assert facts == read_facts(CATALOGUE, "lend", plain_facts(facts))


def test_text_is_brought_to_one_unicode_form() -> None:
    facts = read_facts(CATALOGUE, "lend", {**PLAIN, "loan.note": "A\u030arhus"})
    assert facts["loan.note"] == "\u00c5rhus"


def test_an_operation_takes_only_its_own_facts() -> None:
    with pytest.raises(FactsError, match=r"loan\.kind"):
        read_facts(CATALOGUE, "renew", {"loan.days": 3, "loan.kind": 7})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("loan__kind", True),
        ("loan__kind", 1.5),
        ("loan__days", "3"),
        ("loan__days", True),
        ("loan__urgent", 1),
        ("loan__urgent", "true"),
        ("loan__on", "2024-02-30"),
        ("loan__on", datetime(2024, 1, 1, tzinfo=UTC)),
        ("loan__on", 20240101),
        ("loan__at", "2024-02-29T10:00:00"),
        ("loan__at", date(2024, 1, 1)),
        ("loan__at", "soon"),
        ("loan__note", 5),
        ("loan__shelves", 1),
        ("loan__shelves", [True]),
        ("reader__loans", {}),
        ("reader__loans", ["x"]),
    ],
)
def test_a_value_of_another_type_is_a_fault(name: str, value: object) -> None:
    assert len(_faults(**{name: value})) == 1


def test_every_fault_is_told_at_once() -> None:
    assert {"loan.days", "loan.on", "loan.colour", "reader.loans[0].kind"} == set(
        _faults(
            loan__days=None, loan__on="x", loan__colour=1, reader__loans=[{"until": "2024-01-01"}]
        )
    )


def test_what_is_looked_up_cannot_be_given() -> None:
    assert "looked up" in _faults(loan__dear=True)["loan.dear"]


def test_an_unknown_field_of_a_record_is_a_fault() -> None:
    assert set(_faults(reader__loans=[{"kind": 1, "colour": 2}])) == {"reader.loans[0].colour"}


def test_a_fault_never_repeats_the_value() -> None:
    faults = _faults(loan__days="Karla Hemmelig", loan__on="Karla Hemmelig")
    assert "Hemmelig" not in str(faults)
