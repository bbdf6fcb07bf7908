"""What the cases try: for people, for programs.

In: a coverage and, when they were searched for, the missing cases. Out: text on standard output.
Does not know: how cases are looked at or found.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import click

from engine.cases.files import Case
from engine.coverage.aims import Aim, AimKind
from engine.coverage.coverage import Coverage
from engine.coverage.search import Missing
from engine.dated import SINCE_EVER
from engine.facts import Text
from web.cli.output import as_json, columns, console

_KINDS: Mapping[AimKind, tuple[str, Text]] = {
    AimKind.DEMAND: ("demands", Text("krav", "demands")),
    AimKind.CONDITION: ("conditions", Text("betingelser", "conditions")),
    AimKind.BOUNDARY: ("boundaries", Text("grænser", "boundaries")),
    AimKind.SEAM: ("seams", Text("datoskel", "date seams")),
    AimKind.ROW: ("rows", Text("tabelrækker", "table rows")),
}
_RULE = Text("regel", "rule")
_FROM = Text("ordlyd fra", "version")
_TABLE = Text("tabel", "table")
_MISSING = Text("mangler", "missing")
_INTO = Text("Føj til", "Add to")
_NONE_FOUND = Text(
    "Intet eksempel fundet ({tries} forsøg): måske kan det ikke lade sig gøre med disse tabeller.",
    "No case found ({tries} tries): with these tables it may be impossible.",
)
_SHORT = {
    "true": Text("sand", "true"),
    "false": Text("falsk", "false"),
    "absent": Text("mangler", "absent"),
    "below": Text("under", "below"),
    "equal": Text("på", "on"),
    "above": Text("over", "above"),
}


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """What is to be shown; `missing` is None when nobody searched."""

    coverage: Coverage
    missing: tuple[Missing, ...] | None
    detailed: bool
    language: str

    def say(self, words: Text) -> str:
        return words.in_language(self.language)


def show_coverage(report: CoverageReport, shape: str) -> None:
    """Print the report, `human` or `json`."""
    if shape == "json":
        as_json(_plain(report))
        return
    out = console()
    for line in _table(report):
        out.print(line)
    if report.detailed:
        for line in _details(report):
            out.print(line)
    if report.missing is None:
        for aim in report.coverage.gaps:
            out.print(f"{report.say(_MISSING)}  {_named(report, aim)}", style="yellow")
    else:
        for line in _written(report, report.missing):
            click.echo(line)
    complete = not report.coverage.gaps
    # last, so that it stays in sight; a comment, so that what is above can be pasted whole
    head = "" if report.missing is None else "# "
    out.print(head + summary(report), style="bold green" if complete else "bold yellow")


def summary(report: CoverageReport) -> str:
    """Return how many aims are tried, and the share of them."""
    covered = report.coverage
    of, gaps = len(covered.tried), len(covered.gaps)
    # rounded down: 100 % is said when nothing is missing, and never else
    percent = 100.0 if not gaps else 1000 * (of - gaps) // of / 10
    return report.say(
        Text(
            f"{of - gaps} af {of} prøvet af {len(covered.cases)} eksempler "
            f"({percent:.1f} %); {gaps} mangler".replace(".", ","),
            f"{of - gaps} of {of} tried by {len(covered.cases)} cases "
            f"({percent:.1f} %); {gaps} missing",
        )
    )


# --- for people -----------------------------------------------------------------------------------


def _groups(coverage: Coverage) -> dict[tuple[str, date], list[Aim]]:
    """Return the aims of each version; those of tables by table."""
    groups: dict[tuple[str, date], list[Aim]] = {}
    for aim in coverage.tried:
        key = (aim.rule, aim.valid_from) if aim.rule else (str(aim.path[0]), SINCE_EVER)
        groups.setdefault(key, []).append(aim)
    return groups


def _table(report: CoverageReport) -> Iterator[str]:
    kinds = [kind for kind in AimKind if kind is not AimKind.ROW]
    versions = [(key, aims) for key, aims in _groups(report.coverage).items() if aims[0].rule]
    tables = [(key, aims) for key, aims in _groups(report.coverage).items() if not aims[0].rule]
    if versions:
        heads = [_RULE, _FROM, *(_KINDS[kind][1] for kind in kinds)]
        rows = [
            [rule, _day(start), *(_share(report, aims, kind) for kind in kinds)]
            for (rule, start), aims in versions
        ]
        yield from columns([[report.say(each) for each in heads], *rows])
    if tables:
        heads = [_TABLE, _KINDS[AimKind.ROW][1]]
        rows = [[name, _share(report, aims, AimKind.ROW)] for (name, _), aims in tables]
        yield ""
        yield from columns([[report.say(each) for each in heads], *rows])


def _share(report: CoverageReport, aims: Sequence[Aim], kind: AimKind) -> str:
    wanted = [aim for aim in aims if aim.kind is kind]
    tried = sum(1 for aim in wanted if report.coverage.tried[aim])
    return f"{tried}/{len(wanted)}" if wanted else "–"


def _details(report: CoverageReport) -> Iterator[str]:
    """Yield for every condition how many cases make it true and false."""
    for (rule, start), aims in _groups(report.coverage).items():
        yield ""
        yield f"{rule}, {report.say(_FROM)} {_day(start)}"
        rows: dict[tuple[object, str], list[str]] = {}
        for aim in aims:
            if aim.kind is AimKind.SEAM or aim.kind is AimKind.DEMAND or aim.side == "member":
                key: tuple[object, str] = (aim, report.say(aim.text))
                label = ""
            else:
                key = (aim.path, report.say(aim.sentence))
                label = f"{report.say(_SHORT[aim.side])} "
            rows.setdefault(key, []).append(f"{label}{len(report.coverage.tried[aim])}")
        for (_, sentence), counts in rows.items():
            yield f"  {', '.join(counts):28}  {sentence}"


def _written(report: CoverageReport, missing: Sequence[Missing]) -> Iterator[str]:
    """Yield the missing cases file by file, and what was not found."""
    files: dict[str, list[Missing]] = {}
    for each in missing:
        if each.file is not None:
            files.setdefault(each.file, []).append(each)
    for file, wanted in files.items():
        yield f"# {report.say(_INTO)} {file}:"
        for each in wanted:
            yield each.text
    for each in missing:
        if each.file is None:
            yield f"# {report.say(_MISSING)}: {_named(report, each.aim)}"
            yield f"#   {report.say(_NONE_FOUND).format(tries=each.tries)}"


def _named(report: CoverageReport, aim: Aim) -> str:
    return f"{aim.rule}: {report.say(aim.text)}" if aim.rule else report.say(aim.text)


def _day(start: date) -> str:
    return "–" if start == SINCE_EVER else start.isoformat()


# --- for programs ---------------------------------------------------------------------------------


def _plain(report: CoverageReport) -> dict[str, object]:
    covered = report.coverage
    found = {} if report.missing is None else {each.aim: each for each in report.missing}
    return {
        "rulebook": covered.rulebook.id,
        "cases": len(covered.cases),
        "aims": len(covered.tried),
        "tried": len(covered.tried) - len(covered.gaps),
        "percent": round(covered.percent, 2),
        "versions": [
            {
                "rule": rule,
                "validFrom": None if start == SINCE_EVER else start.isoformat(),
                "aims": [_plain_aim(aim, covered.tried[aim]) for aim in aims],
            }
            for (rule, start), aims in _groups(covered).items()
            if aims[0].rule
        ],
        "tables": [
            {"table": name, "aims": [_plain_aim(aim, covered.tried[aim]) for aim in aims]}
            for (name, _), aims in _groups(covered).items()
            if not aims[0].rule
        ],
        "gaps": [_plain_gap(aim, found.get(aim)) for aim in covered.gaps],
    }


def _plain_aim(aim: Aim, cases: Sequence[Case]) -> dict[str, object]:
    return {
        "kind": aim.kind.value,
        "path": list(aim.path),
        "side": aim.side,
        "value": None if aim.value is None else str(aim.value),
        "text": {"da": aim.text.da, "en": aim.text.en},
        "cases": [str(each.place) for each in cases],
    }


def _plain_gap(aim: Aim, missing: Missing | None) -> dict[str, object]:
    written = missing is not None and missing.file is not None
    return {
        "rule": aim.rule or None,
        **_plain_aim(aim, ()),
        "example": {"file": missing.file, "yaml": missing.text} if written and missing else None,
    }
