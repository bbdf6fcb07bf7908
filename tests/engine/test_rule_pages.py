"""The page of a rule shows its whole history, and says where examples are missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from engine.cases.files import Case
from engine.cases.results import CaseResult
from engine.dated import Dated
from engine.decide import Decider
from engine.decision import Decision, Violation
from engine.facts import Catalogue, Facts, FactType, Record, Text
from engine.model import (
    All,
    Basis,
    Comparison,
    Confidence,
    Constant,
    DatedBy,
    Operator,
    Quantified,
    Quantifier,
    Requirement,
    Rule,
    Rulebook,
    RuleFile,
    RuleKind,
    RuleSeverity,
    Told,
    Version,
)
from engine.pages.rule_pages import INDEX, rule_pages
from engine.problems import Place
from engine.program import Clause, Program
from engine.tables import ErrorCode
from engine.trace.tracer import Tracer
from tests.engine.sentence_samples import (
    FACTS,
    IS_18,
    NAMES_SHORT,
    NOTHING,
    STATUS_5_OR_6,
    STATUS_GIVEN,
    TABLES,
    a_fact,
    a_list,
    a_version,
    field,
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
    return CaseResult(case, Decision("create", "", not codes, found, (), steps=steps))


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


# --- grants and notices -------------------------------------------------------------------------

NO = Text("", "")
NAMED = a_fact("organisation", FactType.TEXT, "organisationen", "the organisation")
PLACES = a_list(
    "places", "borgerens steder", "the citizen's places", Text("et sted", "a place"), NAMED
)
IN_UTOPIA = Quantified(
    Quantifier.ANY,
    PLACES,
    All((Comparison(field(NAMED), Operator.IS, Constant("Utopia")),)),
)


def speech_pages(
    kind: RuleKind, *results: CaseResult, withdrawn: bool = False
) -> tuple[dict[str, str], Rulebook]:
    rulebook = speech_rulebook(kind, withdrawn=withdrawn)
    return rule_pages(rulebook, results), rulebook


def speech_rulebook(kind: RuleKind, *, withdrawn: bool = False) -> Rulebook:
    grant = kind is RuleKind.GRANT
    speech = Requirement("the-rule", "", All(()), All((IN_UTOPIA,)) if grant else IN_UTOPIA, NO)
    version = replace(
        SECOND,
        when=All((IS_18,)),
        requirements=(speech,),
        only_where=All((STATUS_GIVEN,)) if grant else None,
        told=None if grant else Told("Changed", "office"),
    )
    versions = (version, LAST) if withdrawn else (version,)
    rule = replace(a_rule(*versions), kind=kind, severity=RuleSeverity.REFUSE)
    file = RuleFile(
        "some",
        rule.operations,
        (),
        Text("Nogle andre", "Some others"),
        grants=(rule,) if grant else (),
        notices=() if grant else (rule,),
    )
    known = {**FACTS, "places": PLACES}
    catalogue = Catalogue(
        known, {"create": frozenset(known), "update": frozenset(known) - {"status"}}
    )
    return Rulebook("", (file,), catalogue, TABLES, {}, {}, content={})


def speech_result(kind: RuleKind, place: str, *others: str) -> CaseResult:
    rulebook = speech_rulebook(kind)
    facts: Facts = {
        "type": 18,
        "status": 5,
        "held_on": date(2020, 1, 1),
        "held_at": None,
        "places": ({"organisation": place},),
    }
    decision = Decider(rulebook).decide("create", facts, traced=True)
    decision = replace(decision, holding=(*decision.holding, *others))
    if kind is RuleKind.GRANT:
        decision = replace(decision, accepted=bool(decision.holding))
    case = Case(
        "tests/cases/the-rule.yaml",
        "the-rule",
        Text(f"Fra {place}", f"From {place}"),
        "create",
        facts,
        (),
        (),
        decision.holding,
        kind,
    )
    return CaseResult(case, decision)


def test_the_page_of_a_grant_tells_what_it_opens_and_has_no_codes() -> None:
    told = speech_pages(RuleKind.GRANT)[0]["the-rule.md"]
    assert "> Der er adgang, når samtaletypen er 18" in told
    assert "; kun hvor deltagelsesstatus er angivet." in told
    assert "- **Adgang:** `the-rule` i `rules/some.yaml`" in told
    assert "- `create`: kun hvor deltagelsesstatus er angivet" in told
    assert "- `update`: alt" in told
    assert "**The rule.** There is access when the interview type is 18" in told
    assert "kode" not in told
    assert 2 == told.count("Ingen eksempelfil viser det endnu.")


def test_the_page_of_a_grant_shows_a_case_on_each_side() -> None:
    results = [speech_result(RuleKind.GRANT, place) for place in ("Utopia", "Arcadia")]
    told = speech_pages(RuleKind.GRANT, *results)[0]["the-rule.md"]
    let_in, kept_out = told.split("## Et eksempel, der ikke får adgang")
    assert "*Fra Utopia*" in let_in
    assert '1. organisationen: "Utopia"' in let_in
    assert "Svar: adgang." in let_in
    assert "*Fra Arcadia*" in kept_out
    assert "Svar: ingen adgang." in kept_out


def test_the_page_of_a_grant_says_which_others_let_in() -> None:
    results = [speech_result(RuleKind.GRANT, place, "another") for place in ("Utopia", "Arcadia")]
    told = speech_pages(RuleKind.GRANT, *results)[0]["the-rule.md"]
    assert "Svar: adgang (det gør `another` også)." in told
    assert "Denne adgang åbner ikke, men det gør `another`." in told


def test_the_page_of_a_notice_tells_whom_it_tells() -> None:
    results = [speech_result(RuleKind.NOTICE, place) for place in ("Utopia", "Arcadia")]
    pages, _ = speech_pages(RuleKind.NOTICE, *results)
    told = pages["the-rule.md"]
    assert "sendes beskeden Changed til organisationen (office) i hvert af borgerens steder" in told
    assert "- **Til:** Office" in told
    assert "- **Findes blandt:** borgerens steder" in told
    sent, not_sent = told.split("## Et eksempel, hvor der ikke sendes besked")
    assert "Svar: besked sendes." in sent
    assert "Svar: ingen besked." in not_sent
    assert "| [Reglen](the-rule.md) | `Changed` | Office | offentliggjort |" in pages[INDEX]


def test_the_index_lists_grants_and_a_withdrawn_one_says_so() -> None:
    index = speech_pages(RuleKind.GRANT)[0][INDEX]
    assert "## Nogle andre" in index
    assert "| [Reglen](the-rule.md) | `create` og `update` | offentliggjort |" in index
    for kind, says in (
        (RuleKind.GRANT, "> Adgangen er ophævet."),
        (RuleKind.NOTICE, "> Beskeden er ophævet."),
    ):
        assert says in speech_pages(kind, withdrawn=True)[0]["the-rule.md"]
