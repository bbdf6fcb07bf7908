"""The page of a rule shows its whole history, and says where examples are missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.case_files import Case
from engine.cases import CaseResult
from engine.dated import Dated
from engine.decision import Decision, Violation
from engine.facts import Catalogue, Facts, Record, Text
from engine.model import (
    All,
    Basis,
    Confidence,
    DatedBy,
    Rule,
    Rulebook,
    RuleFile,
    RuleSeverity,
    Version,
)
from engine.problems import Place
from engine.program import Clause, Program
from engine.rule_pages import INDEX, rule_pages
from engine.tables import ErrorCode
from engine.trace import Tracer
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

FIRST = replace(
    a_version(NOTHING, (NOTHING, NAMES_SHORT)),
    valid_from=date.min,
    basis=Basis("Vores egen | grænse", Confidence.ASSUMED),
)
SECOND = replace(
    a_version(All((IS_18, STATUS_GIVEN)), (NOTHING, STATUS_5_OR_6)),
    basis=Basis("Loven", Confidence.PUBLISHED, "https://example.org/law"),
)
LAST = Version(date(2027, 1, 1), Basis("Ny lov", Confidence.OFFICIAL), All(()), (), withdrawn=True)


def page(*versions: Version, results: tuple[CaseResult, ...] = (), gate: bool = False) -> str:
    return pages(*versions, results=results, gate=gate)["the-rule.md"]


def a_rule(*versions: Version, gate: bool = False) -> Rule:
    return Rule(
        "the-rule",
        Text("Reglen", "The rule"),
        ("create", "update"),
        RuleSeverity.REFUSE,
        gate,
        DatedBy("held_on", "held_at"),
        Dated((each.valid_from, each) for each in versions),
        Place("rules/some.yaml", 1, 1),
    )


def pages(
    *versions: Version, results: tuple[CaseResult, ...] = (), gate: bool = False
) -> dict[str, str]:
    rule = a_rule(*versions, gate=gate)
    file = RuleFile("some", rule.operations, (rule,), Text("Nogle regler", "Some rules"))
    code = ErrorCode("9125", Text("", ""), "adopted", "90125")
    rulebook = Rulebook("", (file,), Catalogue(FACTS, {}), TABLES, {}, {"9125": code}, content={})
    return rule_pages(rulebook, results)


def a_result(status: int | None, codes: tuple[str, ...]) -> CaseResult:
    people: tuple[Record, ...] = ({"name": "x" * 41},)
    facts: Facts = {"type": 18, "status": status, "participants": people}
    clause = Clause(a_rule(SECOND), SECOND)
    steps = Tracer(Program("", "create", (clause,), FACTS, TABLES, {})).steps(facts)
    found = tuple(
        Violation(
            "the-rule",
            code,
            None,
            "",
            Text("", ""),
            SECOND.valid_from,
            SECOND.basis,
            (Text("fordi det er så", "because it is so"),),
        )
        for code in codes
    )
    case = Case(
        "tests/cases/the-rule.yaml",
        "the-rule",
        Text(f"Status {status}", f"Status {status}"),
        "create",
        facts,
        codes,
        (),
    )
    return CaseResult(case, Decision("create", "", not codes, found, (), steps))


def test_the_page_tells_the_latest_wording_and_the_whole_history() -> None:
    told = page(FIRST, SECOND)
    assert "> Når samtaletypen er 18 (Samtale i rehabiliteringsteam)" in told
    assert "| altid | For hver af deltagerne skal det gælde" in told
    assert "| 1. juni 2019 | Når samtaletypen er 18" in told
    assert "- **Kilde:** <https://example.org/law>" in told
    assert "- **Sikkerhed:** offentliggjort" in told
    assert "samtalens afholdelsesdag, eller samtalens afholdelsestidspunkt, når den ikke" in told
    assert "| **9125** | 90125 | hele anmodningen |" in told
    assert "**The rule.** When the interview type is 18" in told


def test_the_page_of_a_withdrawn_rule_says_so_and_keeps_its_codes() -> None:
    told = page(FIRST, SECOND, LAST)
    assert "> Reglen er ophævet." in told
    assert "| 1. januar 2027 | Reglen er ophævet. | officiel |" in told
    assert "| **9125** | 90125 |" in told


def test_the_page_shows_a_case_on_each_side() -> None:
    told = page(SECOND, results=(a_result(5, ()), a_result(4, ("9125",))))
    accepted, refused = told.split("## Et eksempel, der afvises")
    assert "| deltagelsesstatus | 5 (Borger har deltaget) |" in accepted
    assert "Svar: accepteret." in accepted
    assert "| deltagelsesstatus | 4 |" in refused
    assert "- fordi det er så" in refused
    assert "(../../tests/cases/the-rule.yaml)" in refused


def test_a_case_that_fails_or_does_not_concern_the_rule_is_no_example() -> None:
    failed = a_result(4, ("9125",))
    wrong = replace(failed, case=replace(failed.case, codes=()))
    kind = a_result(5, ())
    unexpected = replace(kind, case=replace(kind.case, codes=("9125",)))
    told = page(SECOND, results=(wrong, unexpected, a_result(None, ())))
    assert "Ingen eksempelfil viser det endnu." in told
    assert "Ingen eksempelfil viser kode 9125 endnu." in told


def test_a_gate_says_that_it_answers_alone() -> None:
    assert "- **Port:** svarer alene" in page(SECOND, gate=True)
    assert "**Port:**" not in page(SECOND)


def test_the_index_lists_every_rule_with_its_codes_and_how_sure_it_is() -> None:
    index = pages(FIRST)[INDEX]
    assert "## Nogle regler" in index
    assert "| 9125 | [Reglen](the-rule.md) | afviser | antaget |" in index
