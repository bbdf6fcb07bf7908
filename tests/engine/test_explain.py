"""A violation says why, in words, and repeats nothing that is not the caller's to read."""

# ruff: noqa: E501  # sentences are easier to read, and to correct, unbroken
from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings

from engine.dated import Dated
from engine.decision import Outcome
from engine.explain.because import because
from engine.facts import Facts, Record, Text
from engine.model import (
    All,
    AnyOf,
    Comparison,
    Condition,
    Constant,
    DatedBy,
    Not,
    Presence,
    Quantified,
    Quantifier,
    Rule,
    Rulebook,
    RuleKind,
    RuleSeverity,
)
from engine.problems import NOWHERE
from engine.program import Clause, Program, Programs
from engine.trace.tracer import Tracer
from tests.engine.sentence_samples import (
    ALLOWED,
    BOOKING,
    COUNT,
    FACTS,
    HELD_AT,
    IS_18,
    IS_RESETTING,
    MEMBERSHIPS,
    NAMES_SHORT,
    NO_LATER_RESETTING,
    NOTHING,
    PARTICIPANTS,
    R_NAME,
    RECORD_IS_RESETTING,
    RECORDED_AT,
    STATUS,
    STATUS_5_OR_6,
    STATUS_GIVEN,
    TABLES,
    O,
    a_version,
    counted,
    fact,
    field,
)
from tests.engine.strategies import facts, rulebooks

INTERVIEWS_HELD: tuple[Record, ...] = (
    {"at": datetime(2024, 3, 6, 9, tzinfo=UTC), "resetting": True},
    {"at": datetime(2024, 3, 1, 9, tzinfo=UTC), "resetting": True},
)
NAMED: tuple[Record, ...] = ({"name": "Kim"}, {"name": "Invented Person"})
GIVEN_FACTS: Facts = {
    "type": 18,
    "status": 4,
    "held_at": datetime(2024, 3, 5, 9, tzinfo=UTC),
    "held_on": date(2024, 3, 5),
    "recorded_at": datetime(2024, 3, 4, 23, 30, tzinfo=UTC),
    "resetting": False,
    "paper": False,
    "booking": "secret-booking",
    "organisation": "job_centre",
    "count": 3,
    "interviews": INTERVIEWS_HELD,
    "groups": ({"from": date(2024, 6, 1), "until": None, "allowed": (8,)},),
    "memberships": (),
    "participants": NAMED,
}


def why(
    when: Condition, require: Condition, *, gate: bool = False, advice: bool = False
) -> tuple[Text, ...]:
    version = a_version(when, (NOTHING, require))
    severity = RuleSeverity.ADVICE if advice else RuleSeverity.REFUSE
    rule = Rule(
        "rule",
        Text("", ""),
        ("create",),
        severity,
        gate,
        DatedBy("held_on"),
        Dated([(date(2019, 6, 1), version)]),
        NOWHERE,
    )
    clause = Clause(rule, version)
    program = Program("", "create", (clause,), FACTS, TABLES, {})
    return because(clause, Tracer(program).step(0, GIVEN_FACTS), 0, TABLES)


REASONS: list[tuple[list[tuple[str, str]], Condition, Condition]] = [
    (
        [
            (
                "samtaletypen er 18 (Samtale i rehabiliteringsteam)",
                "the interview type is 18 (Rehabilitation team interview)",
            ),
            ("deltagelsesstatus er angivet", "the participation status is given"),
            (
                (
                    "deltagelsesstatus er 4, men skal være 5 (Borger har deltaget) eller 6 (Borger "
                    "har ikke deltaget)"
                ),
                (
                    "the participation status is 4, but must be 5 (Citizen took part) or 6 (Citizen "
                    "did not take part)"
                ),
            ),
        ],
        All((IS_18, STATUS_GIVEN)),
        STATUS_5_OR_6,
    ),
    (
        [
            (
                (
                    "samtalens afholdelsestidspunkt er 5. marts 2024 kl. 10.00, men må ikke være "
                    "senere end registreringstidspunktet (5. marts 2024 kl. 00.30)"
                ),
                (
                    "the interview's held time is 5 March 2024 at 10:00, but must be no later than "
                    "the time of registration (5 March 2024 at 00:30)"
                ),
            )
        ],
        NOTHING,
        Comparison(fact(HELD_AT), O.ON_OR_BEFORE, fact(RECORDED_AT)),
    ),
    (
        [
            (
                (
                    "blandt borgerens øvrige samtaler er der en, som er nulstillende, og hvor "
                    "afholdelsestidspunktet (6. marts 2024 kl. 10.00) er efter samtalens "
                    "afholdelsestidspunkt (5. marts 2024 kl. 10.00)"
                ),
                (
                    "among the citizen's other interviews there is one which is resetting, and "
                    "where the held time (6 March 2024 at 10:00) is after the interview's held time "
                    "(5 March 2024 at 10:00)"
                ),
            )
        ],
        NOTHING,
        NO_LATER_RESETTING,
    ),
    (
        [
            (
                (
                    "blandt borgerens kontaktgrupper er der ingen, hvor periodens første dag ikke er "
                    "senere end samtalens afholdelsesdag, periodens slutdag er efter samtalens "
                    "afholdelsesdag (eller ikke angivet) og de tilladte samtaletyper omfatter "
                    "samtaletypen"
                ),
                (
                    "among the citizen's contact groups there is none where the period's first "
                    "day is no later than the interview's held day, the period's end is after the "
                    "interview's held day (or not given) and the allowed interview types include "
                    "the interview type"
                ),
            ),
            (
                (
                    "en af borgerens kontaktgrupper (nr. 1): periodens første dag er 1. juni 2024, "
                    "men må ikke være senere end samtalens afholdelsesdag (5. marts 2024)"
                ),
                (
                    "one of the citizen's contact groups (no. 1): the period's first day is 1 June "
                    "2024, but must be no later than the interview's held day (5 March 2024)"
                ),
            ),
            (
                (
                    "en af borgerens kontaktgrupper (nr. 1): de tilladte samtaletyper er 8 "
                    "(Henvisning), men skal omfatte samtaletypen (18, Samtale i rehabiliteringsteam)"
                ),
                (
                    "one of the citizen's contact groups (no. 1): the allowed interview types are 8 "
                    "(Referral), but must include the interview type (18, Rehabilitation team "
                    "interview)"
                ),
            ),
        ],
        NOTHING,
        ALLOWED,
    ),
    (
        [
            (
                "en af deltagerne (nr. 2): navnet er på 15 tegn, men skal være på højst 5 tegn",
                (
                    "one of the participants (no. 2): the name is 15 characters long, but must be at "
                    "most 5 characters long"
                ),
            )
        ],
        NOTHING,
        NAMES_SHORT,
    ),
    (
        [
            (
                'indkaldelsens id skal svare til mønsteret "[0-9]+"',
                'the booking\'s id must match the pattern "[0-9]+"',
            )
        ],
        NOTHING,
        Comparison(fact(BOOKING), O.MATCHES, Constant("[0-9]+")),
    ),
    (
        [
            (
                "samtalen er ikke nulstillende, men skal være nulstillende",
                "the interview is not resetting, but must be resetting",
            )
        ],
        NOTHING,
        IS_RESETTING,
    ),
    (
        [
            (
                "deltagelsesstatus er angivet, men må ikke være angivet",
                "the participation status is given, but must not be given",
            )
        ],
        NOTHING,
        Presence(fact(STATUS), False),
    ),
    (
        [
            (
                (
                    "samtaletypen er 18 (Samtale i rehabiliteringsteam), men det må ikke være "
                    "tilfældet"
                ),
                (
                    "the interview type is 18 (Rehabilitation team interview), but that must not be "
                    "the case"
                ),
            )
        ],
        NOTHING,
        Not(IS_18),
    ),
    (
        [
            (
                "blandt borgerens medlemskaber er der ingen",
                "among the citizen's memberships there is none",
            )
        ],
        NOTHING,
        Quantified(Quantifier.ANY, MEMBERSHIPS, RECORD_IS_RESETTING),
    ),
    (
        [
            (
                "blandt borgerens øvrige samtaler er der netop 2, som er nulstillende",
                "among the citizen's other interviews there are exactly 2 which are resetting",
            ),
            (
                "blandt borgerens øvrige samtaler skal der være højst én, som er nulstillende",
                "among the citizen's other interviews there must be at most one which is resetting",
            ),
        ],
        NOTHING,
        counted(None, 1),
    ),
    (
        [
            (
                "samtalen er ikke nulstillende, men skal være nulstillende",
                "the interview is not resetting, but must be resetting",
            ),
            (
                "antallet er 3, men skal være mindst 4",
                "the count is 3, but must be at least 4",
            ),
        ],
        NOTHING,
        AnyOf((IS_RESETTING, Comparison(fact(COUNT), O.AT_LEAST, Constant(4)))),
    ),
]


@pytest.mark.parametrize(("expected", "when", "require"), REASONS)
def test_a_violation_names_the_values_that_decided(
    expected: list[tuple[str, str]], when: Condition, require: Condition
) -> None:
    assert expected == [(text.da, text.en) for text in why(when, require)]


def test_advice_names_the_values_and_says_should() -> None:
    assert (
        Text("antallet er 3, men bør være mindst 4", "the count is 3, but should be at least 4"),
    ) == why(NOTHING, Comparison(fact(COUNT), O.AT_LEAST, Constant(4)), advice=True)


def test_a_gate_says_the_same_for_an_unknown_citizen_and_a_foreign_one() -> None:
    foreign = why(NOTHING, ALLOWED, gate=True)
    unknown = why(
        NOTHING,
        Quantified(Quantifier.ANY, MEMBERSHIPS, RECORD_IS_RESETTING),
        gate=True,
    )
    assert 1 == len(foreign)
    assert "juni" not in foreign[0].da
    assert (
        Text(
            "blandt borgerens medlemskaber er der ingen, som er nulstillende",
            "among the citizen's memberships there is none which is resetting",
        ),
    ) == unknown


def test_no_reason_repeats_a_name_or_the_id_of_a_booking() -> None:
    told = [
        *why(NOTHING, NAMES_SHORT),
        *why(NOTHING, Comparison(fact(BOOKING), O.LENGTH_AT_MOST, Constant(2))),
        *why(Comparison(fact(BOOKING), O.IS_NOT, Constant("x")), IS_RESETTING),
        *why(NOTHING, Comparison(fact(BOOKING), O.IS, Constant("x"))),
    ]
    for text in told:
        assert "Invented" not in text.da + text.en
        assert "secret" not in text.da + text.en


def test_many_records_are_counted_after_the_third() -> None:
    every = Quantified(
        Quantifier.EVERY, PARTICIPANTS, Comparison(field(R_NAME), O.LENGTH_AT_MOST, Constant(1))
    )
    version = a_version(NOTHING, (NOTHING, every))
    rule = Rule(
        "rule",
        Text("", ""),
        ("create",),
        RuleSeverity.REFUSE,
        False,
        DatedBy("held_on"),
        Dated([(date(2019, 6, 1), version)]),
    )
    clause = Clause(rule, version)
    program = Program("", "create", (clause,), FACTS, TABLES, {})
    many = {**GIVEN_FACTS, "participants": tuple({"name": "ab"} for _ in range(5))}
    told = because(clause, Tracer(program).step(0, many), 0, TABLES)
    assert Text("og 2 mere", "and 2 more") == told[-1]
    assert 4 == len(told)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rulebooks([RuleKind.RULE]), facts())
def test_every_violation_of_any_rulebook_can_be_explained(rulebook: Rulebook, given: Facts) -> None:
    operation = next(iter(rulebook.catalogue.operations))
    program = Programs(rulebook).for_facts(operation, given)
    for clause, step in zip(program.clauses, Tracer(program).steps(given), strict=True):
        for number, requirement in enumerate(step.requirements):
            if requirement.outcome is Outcome.VIOLATED:
                reasons = because(clause, step, number, program.tables)
                assert reasons
                for text in (each for reason in reasons for each in (reason.da, reason.en)):
                    assert text.count("(") == text.count(")")
                    assert text.strip() == text.replace("  ", " ").replace("{", "") != ""
