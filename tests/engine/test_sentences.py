"""Rules and conditions read as sentences that a lawyer would write."""

# ruff: noqa: E501  # sentences are easier to read, and to correct, unbroken
from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from engine.explain.because import condition_sentence, requirement_sentence, version_sentence
from engine.facts import Fact, FactType, Text
from engine.model import (
    All,
    AnyOf,
    Basis,
    Comparison,
    Condition,
    Confidence,
    Constant,
    Constants,
    Not,
    ParameterReference,
    Presence,
    Quantified,
    Quantifier,
    RuleKind,
    RuleSeverity,
    Shifted,
    Told,
    Version,
)
from tests.engine.sentence_samples import (
    ALLOWED,
    BOOKING,
    COUNT,
    GROUPS,
    HELD_AT,
    HELD_ON,
    INTERVIEWS,
    IS_18,
    IS_RESETTING,
    MEMBERSHIPS,
    NAMES_SHORT,
    NO_LATER_RESETTING,
    NOTHING,
    ORGANISATION,
    PAPER,
    PARAMETERS,
    R_FROM,
    R_UNTIL,
    RECORD_IS_RESETTING,
    RECORDED_AT,
    RESETTING,
    STATUS,
    STATUS_5_OR_6,
    STATUS_GIVEN,
    TABLES,
    TYPE,
    O,
    a_code_list,
    a_version,
    counted,
    fact,
    field,
)


def told(condition: Condition) -> tuple[str, str]:
    text = condition_sentence(condition, TABLES, PARAMETERS)
    return text.da, text.en


CONDITIONS: list[tuple[str, str, Condition]] = [
    (
        "samtaletypen er 18 (Samtale i rehabiliteringsteam)",
        "the interview type is 18 (Rehabilitation team interview)",
        IS_18,
    ),
    (
        "deltagelsesstatus er ikke 4 eller 5 (Borger har deltaget)",
        "the participation status is not 4 or 5 (Citizen took part)",
        Comparison(fact(STATUS), O.NOT_IN, Constants((4, 5))),
    ),
    (
        "deltagelsesstatus er ikke angivet",
        "the participation status is not given",
        Presence(fact(STATUS), False),
    ),
    (
        "deltagelsesstatus er 4 (eller ikke angivet)",
        "the participation status is 4 (or not given)",
        Comparison(fact(STATUS), O.IS, Constant(4), or_absent=True),
    ),
    (
        "den registrerende organisations type er jobcenter",
        "the registering organisation's type is job centre",
        Comparison(fact(ORGANISATION), O.IS, Constant("job_centre")),
    ),
    (
        'indkaldelsens id er "abc"',
        'the booking\'s id is "abc"',
        Comparison(fact(BOOKING), O.IS, Constant("abc")),
    ),
    (
        'indkaldelsens id svarer til mønsteret "[a-z]+"',
        'the booking\'s id matches the pattern "[a-z]+"',
        Comparison(fact(BOOKING), O.MATCHES, Constant("[a-z]+")),
    ),
    ("samtalen er nulstillende", "the interview is resetting", IS_RESETTING),
    ("samtalen er ikke nulstillende", "the interview is not resetting", Not(IS_RESETTING)),
    (
        "samtalen er ikke nulstillende",
        "the interview is not resetting",
        Comparison(fact(RESETTING), O.IS_NOT, Constant(True)),
    ),
    (
        "samtalens afholdelsestidspunkt er ikke identisk med registreringstidspunktet",
        "the interview's held time is not the same as the time of registration",
        Comparison(fact(HELD_AT), O.IS_NOT, fact(RECORDED_AT)),
    ),
    (
        '"papirkopi" er nej',
        '"paper copy" is no',
        Comparison(fact(PAPER), O.IS, Constant(False)),
    ),
    (
        'det gælder, at samtalen er nulstillende, netop når "papirkopi" er ja',
        'it holds that the interview is resetting, exactly when "paper copy" is yes',
        Comparison(fact(RESETTING), O.IS, fact(PAPER)),
    ),
    (
        "samtalens afholdelsesdag er før 5. marts 2024",
        "the interview's held day is before 5 March 2024",
        Comparison(fact(HELD_ON), O.BEFORE, Constant(date(2024, 3, 5))),
    ),
    (
        "samtalens afholdelsestidspunkt er ikke senere end registreringstidspunktet",
        "the interview's held time is no later than the time of registration",
        Comparison(fact(HELD_AT), O.ON_OR_BEFORE, fact(RECORDED_AT)),
    ),
    (
        "samtaletypen er en gældende kode på samtalens afholdelsesdag",
        "the interview type is a code in force on the interview's held day",
        Comparison(fact(TYPE), O.IN_FORCE_ON, fact(HELD_ON)),
    ),
    (
        "samtalens afholdelsesdag er efter 120 dage efter samtalens afholdelsesdag",
        "the interview's held day is after 120 days after the interview's held day",
        Comparison(fact(HELD_ON), O.AFTER, Shifted(fact(HELD_ON), Constant(120), +1)),
    ),
    (
        "samtalens afholdelsesdag er ikke tidligere end 1 dag før samtalens afholdelsesdag",
        "the interview's held day is no earlier than 1 day before the interview's held day",
        Comparison(fact(HELD_ON), O.ON_OR_AFTER, Shifted(fact(HELD_ON), Constant(1), -1)),
    ),
    (
        (
            "samtalens afholdelsesdag er efter 120 dage (frist for læsning) efter samtalens "
            "afholdelsesdag"
        ),
        (
            "the interview's held day is after 120 days (reading period) after the interview's "
            "held day"
        ),
        Comparison(
            fact(HELD_ON),
            O.AFTER,
            Shifted(fact(HELD_ON), ParameterReference("reading", FactType.INTEGER), +1),
        ),
    ),
    (
        "antallet er højst frist for læsning (120 dage)",
        "the count is at most reading period (120 days)",
        Comparison(fact(COUNT), O.AT_MOST, ParameterReference("reading", FactType.INTEGER)),
    ),
    (
        "samtaletypen er 18 (Samtale i rehabiliteringsteam) og deltagelsesstatus er angivet",
        (
            "the interview type is 18 (Rehabilitation team interview) and the participation status "
            "is given"
        ),
        All((IS_18, All((STATUS_GIVEN,)))),
    ),
    (
        (
            "samtalen er nulstillende og (deltagelsesstatus er angivet eller samtaletypen er 18 "
            "(Samtale i rehabiliteringsteam))"
        ),
        (
            "the interview is resetting and (the participation status is given or the interview type "
            "is 18 (Rehabilitation team interview))"
        ),
        All((IS_RESETTING, AnyOf((STATUS_GIVEN, IS_18)))),
    ),
    (
        "det gælder ikke, at (samtalen er nulstillende og deltagelsesstatus ikke er angivet)",
        (
            "it does not hold that (the interview is resetting and the participation status is not "
            "given)"
        ),
        Not(All((IS_RESETTING, Presence(fact(STATUS), False)))),
    ),
    (
        (
            "blandt borgerens øvrige samtaler er der ingen, som er nulstillende, og hvor "
            "afholdelsestidspunktet er efter samtalens afholdelsestidspunkt"
        ),
        (
            "among the citizen's other interviews there is none which is resetting, and where "
            "the held time is after the interview's held time"
        ),
        NO_LATER_RESETTING,
    ),
    (
        "blandt borgerens øvrige samtaler er der mindst én, som ikke er nulstillende",
        "among the citizen's other interviews there is at least one which is not resetting",
        Not(Quantified(Quantifier.NONE, INTERVIEWS, Not(RECORD_IS_RESETTING))),
    ),
    (
        (
            "blandt borgerens kontaktgrupper er der mindst én, hvor periodens første dag ikke er "
            "senere end samtalens afholdelsesdag, periodens slutdag er efter samtalens "
            "afholdelsesdag (eller ikke angivet) og de tilladte samtaletyper omfatter samtaletypen"
        ),
        (
            "among the citizen's contact groups there is at least one where the period's first "
            "day is no later than the interview's held day, the period's end is after the "
            "interview's held day (or not given) and the allowed interview types include the "
            "interview type"
        ),
        ALLOWED,
    ),
    (
        "for hver af deltagerne gælder, at navnet er på højst 5 tegn",
        "for each of the participants it holds that the name is at most 5 characters long",
        NAMES_SHORT,
    ),
    (
        "for hvert af borgerens medlemskaber gælder, at det er nulstillende",
        "for each of the citizen's memberships it holds that it is resetting",
        Quantified(Quantifier.EVERY, MEMBERSHIPS, RECORD_IS_RESETTING),
    ),
    (
        "blandt borgerens øvrige samtaler er der mindst 2, som er nulstillende",
        "among the citizen's other interviews there are at least 2 which are resetting",
        counted(2, None),
    ),
    (
        "blandt borgerens øvrige samtaler er der højst én, som er nulstillende",
        "among the citizen's other interviews there is at most one which is resetting",
        counted(None, 1),
    ),
    (
        "blandt borgerens øvrige samtaler er der mindst 2 og højst 3, som er nulstillende",
        (
            "among the citizen's other interviews there are at least 2 and at most 3 which are "
            "resetting"
        ),
        counted(2, 3),
    ),
    (
        (
            "(blandt borgerens øvrige samtaler er der netop 2, som er nulstillende) og samtalen er "
            "nulstillende"
        ),
        (
            "(among the citizen's other interviews there are exactly 2 which are resetting) and the "
            "interview is resetting"
        ),
        All((counted(2, 2), IS_RESETTING)),
    ),
    ("det gælder altid", "it always holds", NOTHING),
]


@pytest.mark.parametrize(("da", "en", "condition"), CONDITIONS)
def test_a_condition_reads_as_a_clause(da: str, en: str, condition: Condition) -> None:
    assert (da, en) == told(condition)


SENTENCES: list[tuple[str, str, Version]] = [
    (
        (
            "Når samtaletypen er 18 (Samtale i rehabiliteringsteam) og deltagelsesstatus er angivet, "
            "skal deltagelsesstatus være 5 (Borger har deltaget) eller 6 (Borger har ikke deltaget)."
        ),
        (
            "When the interview type is 18 (Rehabilitation team interview) and the participation "
            "status is given, the participation status must be 5 (Citizen took part) or 6 (Citizen "
            "did not take part)."
        ),
        a_version(All((IS_18, STATUS_GIVEN)), (NOTHING, STATUS_5_OR_6)),
    ),
    (
        (
            "Blandt borgerens øvrige samtaler må der ikke være nogen, som er nulstillende, og hvor "
            "afholdelsestidspunktet er efter samtalens afholdelsestidspunkt."
        ),
        (
            "Among the citizen's other interviews there must be none which is resetting, and "
            "where the held time is after the interview's held time."
        ),
        a_version(NOTHING, (NOTHING, NO_LATER_RESETTING)),
    ),
    (
        (
            "Når samtalen er nulstillende, må der blandt borgerens øvrige samtaler ikke være nogen, "
            "som er nulstillende, og hvor afholdelsestidspunktet er efter samtalens "
            "afholdelsestidspunkt."
        ),
        (
            "When the interview is resetting, among the citizen's other interviews there must be "
            "none which is resetting, and where the held time is after the interview's held time."
        ),
        a_version(IS_RESETTING, (NOTHING, NO_LATER_RESETTING)),
    ),
    (
        (
            "Når deltagelsesstatus ikke er angivet, må samtalens afholdelsestidspunkt ikke være "
            "senere end registreringstidspunktet."
        ),
        (
            "When the participation status is not given, the interview's held time must be no later "
            "than the time of registration."
        ),
        a_version(
            Presence(fact(STATUS), False),
            (NOTHING, Comparison(fact(HELD_AT), O.ON_OR_BEFORE, fact(RECORDED_AT))),
        ),
    ),
    (
        (
            "Samtaletypen skal være en gældende kode på samtalens afholdelsesdag. Når "
            "deltagelsesstatus er angivet, skal deltagelsesstatus være en gældende kode på samtalens "
            "afholdelsesdag."
        ),
        (
            "The interview type must be a code in force on the interview's held day. When the "
            "participation status is given, the participation status must be a code in force on the "
            "interview's held day."
        ),
        a_version(
            NOTHING,
            (NOTHING, Comparison(fact(TYPE), O.IN_FORCE_ON, fact(HELD_ON))),
            (STATUS_GIVEN, Comparison(fact(STATUS), O.IN_FORCE_ON, fact(HELD_ON))),
        ),
    ),
    (
        (
            "Når samtalen er nulstillende, skal deltagelsesstatus være angivet, og samtaletypen må "
            "ikke være 8 (Henvisning)."
        ),
        (
            "When the interview is resetting, the participation status must be given, and the "
            "interview type must not be 8 (Referral)."
        ),
        a_version(
            IS_RESETTING,
            (
                NOTHING,
                All((STATUS_GIVEN, Comparison(fact(TYPE), O.IS_NOT, Constant(8)))),
            ),
        ),
    ),
    (
        (
            "Når samtalen er nulstillende, skal det gælde, at deltagelsesstatus er angivet eller "
            "samtaletypen ikke er 8 (Henvisning)."
        ),
        (
            "When the interview is resetting, it must hold that the participation status is given or "
            "the interview type is not 8 (Referral)."
        ),
        a_version(
            IS_RESETTING,
            (
                NOTHING,
                AnyOf((STATUS_GIVEN, Comparison(fact(TYPE), O.IS_NOT, Constant(8)))),
            ),
        ),
    ),
    (
        (
            "Når deltagelsesstatus er angivet, skal det for hver af deltagerne gælde, at navnet er på "
            "højst 5 tegn."
        ),
        (
            "When the participation status is given, for each of the participants it must hold that "
            "the name is at most 5 characters long."
        ),
        a_version(STATUS_GIVEN, (NOTHING, NAMES_SHORT)),
    ),
    (
        "For hver af deltagerne skal det gælde, at navnet er på højst 5 tegn.",
        "For each of the participants it must hold that the name is at most 5 characters long.",
        a_version(NOTHING, (NOTHING, NAMES_SHORT)),
    ),
    (
        "Det må ikke gælde, at (samtalen er nulstillende og deltagelsesstatus er angivet).",
        "It must not hold that (the interview is resetting and the participation status is given).",
        a_version(NOTHING, (NOTHING, Not(All((IS_RESETTING, STATUS_GIVEN))))),
    ),
    (
        "Samtalen skal være nulstillende.",
        "The interview must be resetting.",
        a_version(NOTHING, (NOTHING, IS_RESETTING)),
    ),
    (
        "Når samtaletypen er 8 (Henvisning), må samtalen ikke være nulstillende.",
        "When the interview type is 8 (Referral), the interview must not be resetting.",
        a_version(
            Comparison(fact(TYPE), O.IS, Constant(8)),
            (NOTHING, Not(IS_RESETTING)),
        ),
    ),
]


@pytest.mark.parametrize(("da", "en", "version"), SENTENCES)
def test_a_wording_of_a_rule_reads_as_sentences(da: str, en: str, version: Version) -> None:
    assert Text(da, en) == version_sentence(version, TABLES)


def test_advice_says_should_instead_of_must() -> None:
    version = a_version(IS_RESETTING, (NOTHING, Not(IS_18)))
    assert Text(
        "Når samtalen er nulstillende, bør samtaletypen ikke være 18 (Samtale i "
        "rehabiliteringsteam).",
        "When the interview is resetting, the interview type should not be 18 (Rehabilitation "
        "team interview).",
    ) == requirement_sentence(
        version, version.requirements[0], TABLES, severity=RuleSeverity.ADVICE
    )


def test_a_withdrawn_rule_says_so() -> None:
    version = Version(date(2027, 1, 1), Basis("", Confidence.OFFICIAL), All(()), (), withdrawn=True)
    assert Text("Reglen er ophævet.", "The rule is withdrawn.") == version_sentence(version, TABLES)


# --- grants and notices -------------------------------------------------------------------------

OWN = Quantified(
    Quantifier.ANY,
    MEMBERSHIPS,
    All((Comparison(field(R_FROM), O.ON_OR_BEFORE, fact(HELD_ON)), RECORD_IS_RESETTING)),
)
OFFICES = a_code_list("organisation_types", ("office", Text("Kontor", "Office")))


def granted(when: Condition, grant: Condition, only: All | None = None) -> Text:
    version = replace(a_version(when, (NOTHING, grant)), only_where=only)
    return version_sentence(version, TABLES, kind=RuleKind.GRANT)


def notified(when: Condition, where: Condition, records: Fact = MEMBERSHIPS) -> Text:
    version = a_version(when, (NOTHING, Quantified(Quantifier.ANY, records, where)))
    version = replace(version, told=Told("Changed", "office"))
    tables = {**TABLES, "organisation_types": OFFICES}
    return version_sentence(version, tables, kind=RuleKind.NOTICE)


def test_a_grant_says_when_there_is_access() -> None:
    assert Text(
        "Der er adgang, når samtaletypen er 18 (Samtale i rehabiliteringsteam) og der blandt "
        "borgerens medlemskaber er mindst ét, hvor periodens første dag ikke er senere end "
        "samtalens afholdelsesdag, og som er nulstillende.",
        "There is access when the interview type is 18 (Rehabilitation team interview) and among "
        "the citizen's memberships there is at least one where the period's first day is no later "
        "than the interview's held day, and which is resetting.",
    ) == granted(IS_18, All((OWN,)))


def test_a_grant_says_what_it_opens_behind_the_list_that_it_asks() -> None:
    assert Text(
        "Der er adgang, når samtaletypen er 18 (Samtale i rehabiliteringsteam); kun hvor samtalen "
        "er nulstillende og deltagelsesstatus er angivet.",
        "There is access when the interview type is 18 (Rehabilitation team interview); only where "
        "the interview is resetting and the participation status is given.",
    ) == granted(NOTHING, IS_18, All((IS_RESETTING, STATUS_GIVEN)))


def test_a_grant_without_conditions_is_always_access() -> None:
    assert Text("Der er altid adgang.", "There is always access.") == granted(NOTHING, NOTHING)


def test_a_notice_says_who_is_told_and_when() -> None:
    assert Text(
        "Når samtaletypen er 18 (Samtale i rehabiliteringsteam), sendes beskeden Changed til "
        "organisationen (Kontor) i hvert af borgerens medlemskaber, som er nulstillende.",
        "When the interview type is 18 (Rehabilitation team interview), the message Changed is "
        "sent to the organisation (Office) in each of the citizen's memberships which is "
        "resetting.",
    ) == notified(IS_18, RECORD_IS_RESETTING)
    assert Text(
        "Beskeden Changed sendes til organisationen (Kontor) i hver af borgerens kontaktgrupper, "
        "hvor periodens slutdag er angivet.",
        "The message Changed is sent to the organisation (Office) in each of the citizen's contact "
        "groups where the period's end is given.",
    ) == notified(NOTHING, Presence(field(R_UNTIL), True), GROUPS)


def test_a_withdrawn_grant_or_notice_says_so() -> None:
    withdrawn = replace(a_version(NOTHING), withdrawn=True)
    assert Text("Adgangen er ophævet.", "The grant is withdrawn.") == version_sentence(
        withdrawn, TABLES, kind=RuleKind.GRANT
    )
    assert Text("Beskeden er ophævet.", "The notice is withdrawn.") == version_sentence(
        withdrawn, TABLES, kind=RuleKind.NOTICE
    )
