"""`samtale replay`: the whole history decided again under other rules, and what changes.

In: a candidate, what it is held against, a history. Out: figures; exit code 1 when anything
changes or cannot be decided.
Does not know: how a decision is made again. Nothing here shows whom a decision is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from engine.model import Rulebook
from engine.reader.load import read_folders
from engine.reader.rulebook import read_rulebook
from web.cli.exit_codes import Exit
from web.cli.operator import operator
from web.cli.options import plain_format_option, setting_options, settings_from
from web.cli.output import advancing
from web.cli.replay_report import Told, show_replay
from web.cli.rulebook import refuse
from web.cli.rulebook_source import Source, named
from web.cli.span_options import span_of, span_options
from web.cli.stored_rules import opened
from web.settings import Settings

if TYPE_CHECKING:
    from registry.history.folder import HistoryFolder
    from registry.history.stored import Span
    from registry.replay_run.case_file import Changing
    from registry.replay_run.figures import Figures
    from registry.replay_run.replay import Compares, Replayed, Rules
    from registry.replay_run.sources import Source as History
    from registry.storage import Database

DATABASE, DECIDED = "database", "decided"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line asks for."""

    history: str
    engine: str
    master: str
    memory: str
    examples: int
    case_file: Path | None


@click.command()
@click.option(
    "--candidate",
    required=True,
    envvar="SAMTALE_CANDIDATE",
    show_envvar=True,
    metavar="DIR",
    help="The rules to try: a folder of rules (its tables by `--config`), a folder that holds "
    "`rules` and `config`, a release, a git revision.",
)
@click.option(
    "--against",
    default=DECIDED,
    envvar="SAMTALE_AGAINST",
    show_envvar=True,
    show_default=True,
    metavar="RULES",
    help="What was `decided`, the `active` rulebook, or rules named as for `--candidate`.",
)
@click.option(
    "--history",
    default=DATABASE,
    envvar="SAMTALE_HISTORY",
    show_envvar=True,
    show_default=True,
    metavar="DIR",
    help="`database`, or a folder of Parquet files.",
)
@span_options
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    envvar="SAMTALE_ENGINE",
    show_envvar=True,
    show_default=True,
    help="One machine, or many.",
)
@click.option(
    "--master",
    default="local[*]",
    envvar="SAMTALE_MASTER",
    show_envvar=True,
    show_default=True,
    metavar="URL",
    help="The master of Spark.",
)
@click.option(
    "--memory",
    default="3GB",
    envvar="SAMTALE_MEMORY",
    show_envvar=True,
    show_default=True,
    metavar="SIZE",
    help="How much memory DuckDB may use.",
)
@click.option(
    "--examples",
    type=click.IntRange(0, 3),
    default=3,
    envvar="SAMTALE_EXAMPLES",
    show_envvar=True,
    show_default=True,
    help="Decisions that are named for each change.",
)
@click.option(
    "--cases",
    "case_file",
    type=click.Path(path_type=Path, dir_okay=False),
    envvar="SAMTALE_CASE_FILE",
    show_envvar=True,
    metavar="FILE",
    help="Write the examples as a case file.",
)
@setting_options("config", "database_url", "replay_folder")
@plain_format_option
def replay(
    candidate: str,
    against: str,
    first: datetime | None,
    last: datetime | None,
    shape: str,
    **given: Any,
) -> None:
    """Decide every stored registration again under other rules, and tell what changes.

    Each as of its own moment: with the facts that were stored with it. An interrupted run goes on
    where it stopped. Days are days in Denmark. Ends with 1 when a decision changes or cannot be
    made.
    """
    # imported here, so that `samtale check` does not wait for it
    from registry.replay_run.replay import Rules

    wanted = Wanted(**{each.name: given.pop(each.name) for each in fields(Wanted)})
    settings = settings_from(given)
    rules = Rules(
        _rulebook(_source(candidate, settings), shape),
        None if against == DECIDED else _rulebook(_source(against, settings), shape),
    )
    with _run(wanted, settings, rules, span_of(first, last)) as run, advancing("decisions") as seen:
        replayed = run.replayed(seen)
        told = run.told(replayed)
    show_replay(told, shape)
    if not told.figures.nothing_found:
        raise click.exceptions.Exit(Exit.FOUND)


def _source(name: str, settings: Settings) -> Source:
    """Return the rules of that name; a folder without `rules` in it is a folder of rules."""
    folder = Path(name)
    if folder.is_dir() and not (folder / "rules").is_dir():
        return Source(name, read_folders(folder, settings.config))
    return named(name, settings)


def _rulebook(source: Source, shape: str) -> Rulebook:
    rulebook, problems = read_rulebook(source.files)
    if rulebook is None:
        refuse(problems, shape)
    return rulebook


@dataclass(frozen=True, slots=True)
class _Run:
    """One replay from one history."""

    wanted: Wanted
    settings: Settings
    rules: Rules
    source: History
    database: Database | None = None
    folder: HistoryFolder | None = None

    def replayed(self, seen: Callable[[int, int], None]) -> Replayed:
        from registry.replay_run.replay import replay as run
        from registry.replay_run.work_folder import WorkFolder

        work = WorkFolder(self.settings.replay_folder)
        lane = self.wanted.engine
        return run(self.source, self.rules, self._compare(), work, lane=lane, seen=seen)

    def told(self, replayed: Replayed) -> Told:
        figures = replayed.figures(self.wanted.examples)
        return Told(figures, replayed.kept, replayed.chunks, self._case_file(figures))

    def _compare(self) -> Compares:
        if self.wanted.engine == "spark":
            from registry.replay.spark_lane import compare as on_spark

            return partial(on_spark, master=self.wanted.master)
        from registry.replay.duckdb_lane import compare

        return partial(compare, memory=self.wanted.memory)

    def _case_file(self, figures: Figures) -> Mapping[str, object] | None:
        path = self.wanted.case_file
        if path is None:
            return None
        from engine.decide import Decider
        from registry.replay_run.case_file import case_file

        candidate = Decider(self.rules.candidate, "compiled")
        made = case_file(path.stem, self._changing(figures), candidate)
        path.write_text(made.text, encoding="utf-8")
        return {"file": str(path), "examples": made.examples, "leftOut": made.left_out}

    def _changing(self, figures: Figures) -> Iterator[Changing]:
        """Yield the examples with their facts; each decision that is read has its audit line."""
        from registry.replay_run.example_facts import facts_in_database, facts_in_folder

        wanted = {
            each: (*change.was.codes, *change.was.advice)
            for change in figures.changes
            for each in change.examples
        }
        if self.database is not None:
            yield from facts_in_database(
                self.database, self.rules.candidate, wanted, operator(), datetime.now(UTC)
            )
        if self.folder is not None:
            yield from facts_in_folder(self.folder, self.rules.candidate, wanted)


@contextmanager
def _run(wanted: Wanted, settings: Settings, rules: Rules, span: Span) -> Iterator[_Run]:
    """Open the history; that the decisions of a database are read is noted first."""
    from registry.history.folder import read_history
    from registry.replay_run.sources import DatabaseSource, FolderSource

    if wanted.history != DATABASE:
        folder = read_history(Path(wanted.history))
        files = FolderSource(folder, span)
        if wanted.engine == "spark":
            # beginning on Spark takes longer than most chunks
            files = FolderSource(folder, span, None)
        yield _Run(wanted, settings, rules, files, folder=folder)
        return
    from registry.replays_noted import note_replay

    with opened(settings) as (database, _):
        note_replay(database, operator(), rules.candidate.id, datetime.now(UTC))
        source = DatabaseSource(database, span, rules.books)
        yield _Run(wanted, settings, rules, source, database=database)
