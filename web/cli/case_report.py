"""What became of the cases: for people, for programs, for a pipeline.

In: results and gaps. Out: text on standard output.
Does not know: how cases are run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import click

from engine.cases import CaseResult, Gap, reasons
from engine.problems import Severity
from web.cli.output import annotation, as_json, columns, console, counted
from web.cli.rulebook import Folders


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

    @property
    def summary(self) -> str:
        failed = len(self.failures)
        untried = counted(len(self.gaps), "demand")
        tried = "every demand of every rule has a satisfied and a violated case"
        return (
            f"{counted(len(self.results), 'case')}: {len(self.results) - failed} passed, "
            f"{failed} failed; {f'{untried} not tried on both sides' if self.gaps else tried}"
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


def expected(result: CaseResult) -> str:
    """Return the expected answer on one line."""
    return _answer(result.case.codes, result.case.advice)


def found(result: CaseResult) -> str:
    """Return the found answer on one line."""
    if result.decision is None:
        return "not decided"
    return _answer(result.codes, result.advice)


def _answer(codes: Sequence[str], advice: Sequence[str]) -> str:
    refusal = f"refused with {', '.join(codes)}" if codes else "accepted"
    return f"{refusal}, advice {', '.join(advice)}" if advice else refusal


def _missing_sides(gap: Gap) -> str:
    if not gap.code:
        return "no case on a day on which the rule is withdrawn"
    if gap.untried:
        return "no satisfied and no violated case"
    return "no satisfied case" if not gap.satisfied else "no violated case"


def _human(report: _Report) -> None:
    out = console()
    for result in report.failures:
        out.print(f"FAILED {result.case.place}", style="bold red")
        out.print(f"  {result.case.title}: {result.case.name.in_language(report.language)}")
        out.print(f"  expected  {expected(result)}")
        out.print(f"  found     {found(result)}")
        for line in report.why(result):
            out.print(f"  why       {line}")
    if report.gaps:
        heads = ("rule", "version", "code", "untried")
        rows = [
            (gap.rule.id, gap.version.valid_from.isoformat(), gap.code, _missing_sides(gap))
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
                    "expected": {"codes": result.case.codes, "advice": result.case.advice},
                    "found": None
                    if result.decision is None
                    else {"codes": result.codes, "advice": result.advice},
                    "why": report.why(result),
                }
                for result in report.failures
            ],
            "gaps": [
                {
                    "rule": gap.rule.id,
                    "validFrom": gap.version.valid_from.isoformat(),
                    "code": gap.code or None,
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
        lines = (f"expected {expected(result)}", f"found {found(result)}", *report.why(result))
        name = result.case.name.in_language(report.language)
        annotation(Severity.ERROR, place.file, place.line, place.column, name, "\n".join(lines))
    for gap in report.gaps:
        place = gap.version.place
        file = report.folders.path(place.file)
        message = f"{gap.rule.id}: {_missing_sides(gap)} {gap.code}".rstrip()
        annotation(Severity.WARNING, file, place.line, place.column, "untried", message)
    click.echo(report.summary)


PRINTERS: Mapping[str, Callable[[_Report], None]] = {
    "human": _human,
    "json": _json,
    "github": _github,
}
