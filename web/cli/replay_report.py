"""What a replay came to: for people, for programs.

In: figures. Out: text on standard output.
Does not know: how anything was decided or compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text as Styled

from engine.facts import Text
from registry.history.reasons import in_words
from registry.replay.comparison import Answer
from registry.replay_run.figures import Figures, Share, plain_figures
from web.cli.output import as_json, said, wrapping_console

SHORT = len("sha256:") + 12
MOST_ROWS = 15
"""Rows of a table; the JSON has all of them."""
BAR = 20
"""Signs of the longest bar."""
_ACCEPTED = Text("accepteret", "accepted")
_REFUSED = Text("afvist", "refused")
_HEADS = {
    "many": Text("antal", "count"),
    "was": Text("før", "from"),
    "becomes": Text("efter", "to"),
    "decisions": Text("afgørelser", "decisions"),
    "examples": Text("fx", "for example"),
    "changed": Text("ændres", "change"),
    "share": Text("andel", "share"),
}
_NONE = Text("uden", "none")


@dataclass(frozen=True, slots=True)
class Told:
    """Figures, with what stands beside them."""

    figures: Figures
    kept: int
    """How many of the chunks had been compared before."""
    chunks: int
    cases: Mapping[str, object] | None = None
    """The case file that was written."""


def show_replay(told: Told, shape: str) -> None:
    """Print the result in the given shape."""
    PRINTERS[shape](told)


def _json(told: Told) -> None:
    as_json(
        {
            **plain_figures(told.figures),
            "chunks": told.chunks,
            "chunksKept": told.kept,
            "caseFile": told.cases,
        }
    )


def _human(told: Told) -> None:
    out, figures = wrapping_console(), told.figures
    out.print(said(_headline(figures)), style="bold yellow" if figures.changed else "bold green")
    out.print(Styled(said(_between(figures)), "dim"))
    if figures.changes:
        out.print(_changes(figures))
        for title, shares in (
            (Text("Efter organisation", "By organisation"), figures.by_organisation),
            (Text("Efter samtaletype", "By interview type"), figures.by_type),
            (Text("Efter måned", "By month"), figures.by_month),
        ):
            _shares(out, title, shares)
    for reason, many in figures.undecidable.items():
        out.print(said(_undecidable(reason, many)), style="yellow")
    if told.kept:
        out.print(Styled(said(_kept(told)), "dim"))
    if told.cases is not None:
        out.print(said(_cases(told.cases)))


def _headline(figures: Figures) -> Text:
    part = _percent(figures.changed, figures.rows)
    return Text(
        f"{_grouped(figures.changed, '.')} af {_grouped(figures.rows, '.')} afgørelser ændres "
        f"({part.da})",
        f"{_grouped(figures.changed, ',')} of {_grouped(figures.rows, ',')} decisions change "
        f"({part.en})",
    )


def _between(figures: Figures) -> Text:
    candidate, baseline = figures.candidate[:SHORT], figures.baseline[:SHORT]
    if figures.baseline == "decided":
        return Text(
            f"kandidat {candidate}, mod det, der blev afgjort",
            f"{candidate} against what was decided",
        )
    return Text(
        f"kandidat {candidate}, mod regelsættet {baseline}", f"{candidate} against {baseline}"
    )


def _changes(figures: Figures) -> Table:
    table = _table("many", "was", "becomes", "examples")
    for each in figures.changes[:MOST_ROWS]:
        table.add_row(
            str(each.many), _answer(each.was), _answer(each.becomes), " ".join(each.examples)
        )
    left = sum(each.many for each in figures.changes[MOST_ROWS:])
    if left:
        table.add_row(str(left), "…", "…", "")
    return table


def _shares(out: Console, title: Text, shares: Sequence[Share]) -> None:
    changing = [each for each in shares if each.changed]
    if not changing:
        return
    most = max(each.changed for each in changing)
    table = Table(box=None, pad_edge=False, title=said(title), title_justify="left")
    for head in ("", "changed", "decisions", "share", ""):
        table.add_column(
            said(_HEADS[head]) if head else "", justify="left" if not head else "right"
        )
    for each in changing[:MOST_ROWS]:
        table.add_row(
            each.name or said(_NONE),
            str(each.changed),
            str(each.rows),
            said(_percent(each.changed, each.rows)),
            "█" * max(1, round(BAR * each.changed / most)),
        )
    if len(changing) > MOST_ROWS:
        table.add_row("…", str(sum(each.changed for each in changing[MOST_ROWS:])), "", "", "")
    out.print()
    out.print(table)


def _table(*heads: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for head in heads:
        table.add_column(said(_HEADS[head]), justify="right" if head == "many" else "left")
    return table


def _answer(answer: Answer) -> str:
    verdict = said(_ACCEPTED if answer.accepted else _REFUSED)
    return f"{verdict} {', '.join((*answer.codes, *answer.advice))}".strip()


def _undecidable(reason: str, many: int) -> Text:
    why = in_words(reason)
    return Text(
        f"{_grouped(many, '.')} kan ikke afgøres: {why.da}",
        f"{_grouped(many, ',')} cannot be decided: {why.en}",
    )


def _kept(told: Told) -> Text:
    return Text(
        f"{told.kept} af {told.chunks} dele var regnet før",
        f"{told.kept} of {told.chunks} chunks had been compared before",
    )


def _cases(cases: Mapping[str, object]) -> Text:
    return Text(
        f"{cases['examples']} eksempler skrevet i {cases['file']}, {cases['leftOut']} udeladt",
        f"{cases['examples']} cases written to {cases['file']}, {cases['leftOut']} left out",
    )


def _percent(part: int, whole: int) -> Text:
    share = f"{part / whole * 100:.2f} %" if whole else "0.00 %"
    return Text(share.replace(".", ","), share)


def _grouped(number: int, mark: str) -> str:
    return f"{number:,}".replace(",", mark)


PRINTERS: Mapping[str, Callable[[Told], None]] = {"human": _human, "json": _json}
