"""A traced decision reads as a tree, without names and free text."""

# ruff: noqa: E501  # lines of the tree stay whole
from __future__ import annotations

from datetime import date

from engine.dated import Dated
from engine.decision import Decision
from engine.explain.trace_tree import trace_tree
from engine.facts import Catalogue, Facts, Record, Text
from engine.model import All, Condition, DatedBy, Rule, RuleSeverity
from engine.program import Clause, Program
from engine.trace.tracer import Tracer
from tests.engine.sentence_samples import (
    FACTS,
    IS_18,
    NAMES_SHORT,
    NOTHING,
    STATUS_5_OR_6,
    STATUS_GIVEN,
    TABLES,
    a_version,
)

PEOPLE: tuple[Record, ...] = ({"name": "Kim"}, {"name": "Invented Person"})
GIVEN: Facts = {"type": 18, "status": 4, "participants": PEOPLE}


def tree(language: str, when: Condition, require: Condition) -> list[str]:
    version = a_version(when, (NOTHING, require))
    rule = Rule(
        "the-rule",
        Text("Reglen", "The rule"),
        ("create",),
        RuleSeverity.REFUSE,
        False,
        DatedBy("held_on"),
        Dated(
            [
                (date(2019, 6, 1), version),
            ]
        ),
    )
    program = Program("", "create", (Clause(rule, version), Clause(rule, None)), FACTS, TABLES, {})
    decision = Decision("create", "", False, (), (), steps=Tracer(program).steps(GIVEN))
    return trace_tree(decision, Catalogue(FACTS, {}), TABLES, language).splitlines()


def test_every_condition_stands_with_what_it_saw() -> None:
    assert [
        "create: afvist",
        "the-rule [9125] Reglen: brudt (ordlyd fra 1. juni 2019)",
        (
            "  ✓ hvis: samtaletypen er 18 (Samtale i rehabiliteringsteam) og deltagelsesstatus er "
            "angivet"
        ),
        (
            "    ✓ samtaletypen er 18 (Samtale i rehabiliteringsteam)  ← samtaletypen: 18 (Samtale i "
            "rehabiliteringsteam)"
        ),
        "    ✓ deltagelsesstatus er angivet  ← deltagelsesstatus: 4",
        (
            "  ✗ krav 9125: deltagelsesstatus er 5 (Borger har deltaget) eller 6 (Borger har ikke "
            "deltaget)  ← deltagelsesstatus: 4"
        ),
        "the-rule [9125] Reglen: ikke i kraft",
    ] == tree("da", All((IS_18, STATUS_GIVEN)), STATUS_5_OR_6)


def test_a_list_shows_each_record_and_no_name() -> None:
    told = tree("en", NOTHING, NAMES_SHORT)
    assert [
        "create: refused",
        "the-rule [9125] The rule: violated (wording from 1 June 2019)",
        (
            "  ✗ demand 9125: for each of the participants it holds that the name is at most 5 "
            "characters long"
        ),
        "    ✓ 1: the name is at most 5 characters long  ← the name: (text, not shown)",
        "    ✗ 2: the name is at most 5 characters long  ← the name: (text, not shown)",
        "the-rule [9125] The rule: not in force",
    ] == told
