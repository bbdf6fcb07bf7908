"""Invented facts, code lists and conditions that the tests of sentences speak about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from engine.dated import Dated
from engine.facts import Fact, FactType, Text
from engine.model import (
    All,
    Basis,
    Comparison,
    Condition,
    Confidence,
    Constant,
    Constants,
    Operator,
    Presence,
    Quantified,
    Quantifier,
    Reference,
    Requirement,
    Scope,
    Version,
)
from engine.tables import Column, Parameter, Row, Table

O = Operator  # noqa: E741
NOTHING = All(())


def a_fact(
    name: str, kind: FactType, da: str, en: str, code_list: str | None = None, **more: object
) -> Fact:
    label = Text(da, en)
    return Fact(name, kind, label, label, code_list, **more)  # type: ignore[arg-type]


TYPE = a_fact("type", FactType.CODE, "samtaletypen", "the interview type", "types")
STATUS = a_fact(
    "status",
    FactType.CODE,
    "deltagelsesstatus",
    "the participation status",
    "statuses",
    optional=True,
)
HELD_AT = a_fact(
    "held_at", FactType.INSTANT, "samtalens afholdelsestidspunkt", "the interview's held time"
)
HELD_ON = a_fact("held_on", FactType.DATE, "samtalens afholdelsesdag", "the interview's held day")
RECORDED_AT = a_fact(
    "recorded_at", FactType.INSTANT, "registreringstidspunktet", "the time of registration"
)
RESETTING = a_fact(
    "resetting", FactType.BOOLEAN, "samtalen er nulstillende", "the interview is resetting"
)
PAPER = a_fact("paper", FactType.BOOLEAN, "papirkopi", "paper copy")
BOOKING = a_fact(
    "booking", FactType.TEXT, "indkaldelsens id", "the booking's id", None, optional=True
)
ORGANISATION = a_fact(
    "organisation",
    FactType.CODE,
    "den registrerende organisations type",
    "the registering organisation's type",
    "organisations",
)
COUNT = a_fact("count", FactType.INTEGER, "antallet", "the count")

R_AT = a_fact("at", FactType.INSTANT, "afholdelsestidspunktet", "the held time")
R_RESETTING = a_fact("resetting", FactType.BOOLEAN, "er nulstillende", "is resetting")
R_FROM = a_fact("from", FactType.DATE, "periodens første dag", "the period's first day")
R_UNTIL = a_fact(
    "until", FactType.DATE, "periodens slutdag", "the period's end", None, optional=True
)
R_ALLOWED = a_fact(
    "allowed", FactType.CODES, "de tilladte samtaletyper", "the allowed interview types", "types"
)
R_NAME = a_fact("name", FactType.TEXT, "navnet", "the name")


def a_list(name: str, da: str, en: str, one: Text, *fields: Fact) -> Fact:
    return a_fact(
        name,
        FactType.RECORDS,
        da,
        en,
        None,
        fields={each.name: each for each in fields},
        record_label=one,
    )


INTERVIEWS = a_list(
    "interviews",
    "borgerens øvrige samtaler",
    "the citizen's other interviews",
    Text("en af borgerens øvrige samtaler", "one of the citizen's other interviews"),
    R_AT,
    R_RESETTING,
)
GROUPS = a_list(
    "groups",
    "borgerens kontaktgrupper",
    "the citizen's contact groups",
    Text("en af borgerens kontaktgrupper", "one of the citizen's contact groups"),
    R_FROM,
    R_UNTIL,
    R_ALLOWED,
)
MEMBERSHIPS = a_list(
    "memberships",
    "borgerens medlemskaber",
    "the citizen's memberships",
    Text("et af borgerens medlemskaber", "one of the citizen's memberships"),
    R_FROM,
    R_RESETTING,
)
PARTICIPANTS = a_list(
    "participants",
    "deltagerne",
    "the participants",
    Text("en af deltagerne", "one of the participants"),
    R_NAME,
)
FACTS = {
    each.name: each
    for each in (
        TYPE, STATUS, HELD_AT, HELD_ON, RECORDED_AT, RESETTING, PAPER, BOOKING, ORGANISATION,
        COUNT, INTERVIEWS, GROUPS, MEMBERSHIPS, PARTICIPANTS,
    )
}  # fmt: skip


def a_code_list(name: str, *names: tuple[int | str, Text | None]) -> Table:
    return Table(
        name,
        Text(name, name),
        Column("id", FactType.INTEGER, Text("id", "id")),
        {},
        {key: Dated([(date.min, Row(key, {}, "official", date.min, word))]) for key, word in names},
    )


TABLES: Mapping[str, Table] = {
    "types": a_code_list(
        "types",
        (8, Text("Henvisning", "Referral")),
        (18, Text("Samtale i rehabiliteringsteam", "Rehabilitation team interview")),
    ),
    "statuses": a_code_list(
        "statuses",
        (4, None),
        (5, Text("Borger har deltaget", "Citizen took part")),
        (6, Text("Borger har ikke deltaget", "Citizen did not take part")),
    ),
    "organisations": a_code_list("organisations", ("job_centre", Text("jobcenter", "job centre"))),
}


def fact(of: Fact) -> Reference:
    return Reference(Scope.FACT, of)


def field(of: Fact) -> Reference:
    return Reference(Scope.FIELD, of)


PARAMETERS = {
    "reading": Parameter(
        "reading",
        FactType.INTEGER,
        Text("frist for læsning", "reading period"),
        Text("dage", "days"),
        Dated([(date.min, 90), (date(2020, 1, 1), 120)]),
        Dated([]),
    )
}

IS_18 = Comparison(fact(TYPE), O.IS, Constant(18))
STATUS_GIVEN = Presence(fact(STATUS), True)
STATUS_5_OR_6 = Comparison(fact(STATUS), O.IN, Constants((5, 6)))
IS_RESETTING = Comparison(fact(RESETTING), O.IS, Constant(True))
RECORD_IS_RESETTING = Comparison(field(R_RESETTING), O.IS, Constant(True))
LATER = Comparison(field(R_AT), O.AFTER, fact(HELD_AT))
NO_LATER_RESETTING = Quantified(Quantifier.NONE, INTERVIEWS, All((RECORD_IS_RESETTING, LATER)))
ALLOWED = Quantified(
    Quantifier.ANY,
    GROUPS,
    All(
        (
            Comparison(field(R_FROM), O.ON_OR_BEFORE, fact(HELD_ON)),
            Comparison(field(R_UNTIL), O.AFTER, fact(HELD_ON), or_absent=True),
            Comparison(field(R_ALLOWED), O.INCLUDES, fact(TYPE)),
        )
    ),
)
NAMES_SHORT = Quantified(
    Quantifier.EVERY, PARTICIPANTS, Comparison(field(R_NAME), O.LENGTH_AT_MOST, Constant(5))
)


def counted(low: int | None, high: int | None) -> Quantified:
    return Quantified(Quantifier.COUNT, INTERVIEWS, RECORD_IS_RESETTING, low, high)


def a_version(when: Condition, *requirements: tuple[Condition, Condition]) -> Version:
    return Version(
        date(2019, 6, 1),
        Basis("", Confidence.OFFICIAL),
        when if isinstance(when, All) else All((when,)),
        tuple(
            Requirement("9125", "", wanted, require, Text("", ""))
            for wanted, require in requirements
        ),
    )
