"""What became of the cases: for people, for programs, for a pipeline.

In: results and gaps. Out: text on standard output.
Does not know: how cases are run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import click

from engine.cases.expectations import HOLDING
from engine.cases.results import CaseResult, Gap, reasons
from engine.facts import Text
from engine.model import RuleKind
from engine.problems import Severity
from web.cli.output import annotation, as_json, columns, console, counted
from web.cli.rulebook import Folders

_FAILED = Text("FEJLET", "FAILED")
_EXPECTED = Text("ventet", "expected")
_FOUND = Text("fundet", "found")
_WHY = Text("fordi", "why")
_HEADS = (
    Text("regel", "rule"),
    Text("ordlyd fra", "version"),
    Text("kode", "code"),
    Text("ikke prøvet", "untried"),
)


@dataclass(frozen=True, slots=True)
class _Report:
    results: Sequence[CaseResult]
    gaps: Sequence[Gap]
    folders: Folders
    language: str

    @property
    def failures(self) -> tuple[CaseResult, ...]:
        return tuple(each for each in self.results if not each.passed)

    def why(self, result: CaseResult) -> tuple[str, ...]:
        return tuple(each.in_language(self.language) for each in reasons(result))

    def say(self, words: Text) -> str:
        return words.in_language(self.language)

    @property
    def summary(self) -> str:
        """What came out, in Danish and below it in English."""
        failed, untried = len(self.failures), len(self.gaps)
        passed = len(self.results) - failed
        tried = (
            Text(
                f"{untried} krav er ikke prøvet fra begge sider",
                f"{counted(untried, 'demand')} not tried on both sides",
            )
            if untried
            else Text(
                "hvert krav i hver regel er prøvet fra begge sider",
                "every demand of every rule has a satisfied and a violated case",
            )
        )
        return (
            f"{len(self.results)} eksempler: {passed} bestået, {failed} fejlet; {tried.da}\n"
            f"{counted(len(self.results), 'case')}: {passed} passed, {failed} failed; {tried.en}"
        )


def show_results(
    results: Sequence[CaseResult],
    gaps: Sequence[Gap],
    folders: Folders,
    shape: str,
    language: str,
) -> None:
    """Print the report in the given shape."""
    PRINTERS[shape](_Report(results, gaps, folders, language))


def show_failures(
    results: Sequence[CaseResult], folders: Folders, shape: str, language: str
) -> None:
    """Print the failed cases alone, without a summary; in `json` with the counts."""
    report = _Report(results, (), folders, language)
    if shape == "human":
        _print_failures(report)
    else:
        PRINTERS[shape](report)


def expected(result: CaseResult) -> Text:
    """Return the expected answer on one line."""
    case = result.case
    return answer_in_words(case.kind, case.accepted, result.expected, case.advice)


def found(result: CaseResult) -> Text:
    """Return the found answer on one line."""
    if result.decision is None:
        return Text("ikke afgjort", "not decided")
    return answer_in_words(result.case.kind, result.decision.accepted, result.found, result.advice)


def answer_in_words(
    kind: RuleKind, accepted: bool, names: Sequence[str], advice: Sequence[str]
) -> Text:
    """Return an answer on one line: `afvist med 9125`."""
    listed, advised = ", ".join(names), ", ".join(advice)
    match kind:
        case RuleKind.RULE:
            said = Text("accepteret", "accepted") if accepted else Text("afvist", "refused")
            if names:
                said = Text(f"{said.da} med {listed}", f"{said.en} with {listed}")
            if advice:
                said = Text(f"{said.da}, vejledning {advised}", f"{said.en}, advice {advised}")
            return said
        case RuleKind.GRANT:
            said = Text("adgang", "access") if accepted else Text("ingen adgang", "no access")
            return Text(f"{said.da} ved {listed}", f"{said.en} by {listed}") if names else said
        case RuleKind.NOTICE:
            if not names:
                return Text("ingen får besked", "nobody is told")
            return Text(f"besked ved {listed}", f"told by {listed}")


def _lists(kind: RuleKind, names: Sequence[str], advice: Sequence[str]) -> dict[str, Sequence[str]]:
    """Return an answer as a case file writes it."""
    if kind in HOLDING:
        return {HOLDING[kind]: names}
    return {"codes": names, "advice": advice}


_SIDES: Mapping[RuleKind, tuple[Text, Text]] = {
    RuleKind.RULE: (Text("opfyldt", "satisfied"), Text("brudt", "violated")),
    RuleKind.GRANT: (Text("givende", "granting"), Text("tavst", "silent")),
    RuleKind.NOTICE: (Text("sendende", "telling"), Text("tavst", "silent")),
}
"""What the cases on the two sides of a demand are called."""


def _missing_sides(gap: Gap) -> Text:
    if not gap.code:
        return Text(
            "intet eksempel på en dag, hvor reglen er ophørt",
            "no case on a day on which the rule is withdrawn",
        )
    satisfied, violated = _SIDES[gap.rule.kind]
    if gap.untried:
        return Text(
            f"intet {satisfied.da} og intet {violated.da} eksempel",
            f"no {satisfied.en} and no {violated.en} case",
        )
    missing = violated if gap.satisfied else satisfied
    return Text(f"intet {missing.da} eksempel", f"no {missing.en} case")


def _code(gap: Gap) -> str:
    """Return the code of the demand; a grant or notice has none but its id."""
    return gap.code if gap.rule.kind is RuleKind.RULE else ""


def _print_failures(report: _Report) -> None:
    out, say = console(), report.say
    for result in report.failures:
        out.print(f"{say(_FAILED)} {result.case.place}", style="bold red")
        out.print(f"  {result.case.title}: {say(result.case.name)}")
        out.print(f"  {say(_EXPECTED):8}  {say(expected(result))}")
        out.print(f"  {say(_FOUND):8}  {say(found(result))}")
        for line in report.why(result):
            out.print(f"  {say(_WHY):8}  {line}")


def _human(report: _Report) -> None:
    out, say = console(), report.say
    _print_failures(report)
    if report.gaps:
        heads = tuple(say(each) for each in _HEADS)
        rows = [
            (
                gap.rule.id,
                gap.version.valid_from.isoformat(),
                _code(gap),
                say(_missing_sides(gap)),
            )
            for gap in report.gaps
        ]
        for line in columns([heads, *rows]):
            out.print(line)
    out.print(report.summary, style="bold red" if report.failures else "bold green")


def _json(report: _Report) -> None:
    as_json(
        {
            "passed": len(report.results) - len(report.failures),
            "failed": len(report.failures),
            "failures": [
                {
                    "file": result.case.place.file,
                    "line": result.case.place.line,
                    "cases": result.case.title,
                    "name": {"da": result.case.name.da, "en": result.case.name.en},
                    "expected": _lists(result.case.kind, result.expected, result.case.advice),
                    "found": None
                    if result.decision is None
                    else _lists(result.case.kind, result.found, result.advice),
                    "why": report.why(result),
                }
                for result in report.failures
            ],
            "gaps": [
                {
                    "rule": gap.rule.id,
                    "validFrom": gap.version.valid_from.isoformat(),
                    "code": _code(gap) or None,
                    "satisfied": gap.satisfied,
                    "violated": gap.violated,
                }
                for gap in report.gaps
            ],
        }
    )


def _github(report: _Report) -> None:
    for result in report.failures:
        place = result.case.place
        answers = (f"expected {expected(result).en}", f"found {found(result).en}")
        lines = (*answers, *(each.en for each in reasons(result)))
        name = result.case.name.en
        annotation(Severity.ERROR, place.file, place.line, place.column, name, "\n".join(lines))
    for gap in report.gaps:
        place = gap.version.place
        file = report.folders.path(place.file)
        message = f"{gap.rule.id}: {_missing_sides(gap).en} {_code(gap)}".rstrip()
        annotation(Severity.WARNING, file, place.line, place.column, "untried", message)
    click.echo(report.summary)


PRINTERS: Mapping[str, Callable[[_Report], None]] = {
    "human": _human,
    "json": _json,
    "github": _github,
}
