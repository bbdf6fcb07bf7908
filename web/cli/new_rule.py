"""`samtale new-rule`: a rule as a draft that passes the check, with its code and its cases.

In: what the rule is called, its code and operations; on a terminal also what it is about. Out: the
rule in its file, the code among the error codes, a case file; what to do next, in Danish.
Does not know: how a draft is made. All files are written, or none.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import click

from engine.drafting.condition import facts_to_choose
from engine.drafting.draft import Draft, draft
from engine.drafting.wish import Refusal, Wish
from engine.explain.wording import DENMARK
from engine.facts import Fact, FactType, Scalar, Text
from engine.model import Rulebook
from engine.problems import RulebookError
from engine.reader.load import read_folders
from web.case_folder import read_case_folder
from web.cli.completion_values import FACT_NAME, OPERATION
from web.cli.options import (
    flag,
    language_option,
    plain_format_option,
    setting_options,
    settings_from,
)
from web.cli.output import as_json
from web.cli.rulebook import Folders, nearby, read, refuse
from web.cli.whole_files import replace_files
from web.settings import Settings

_NEXT = Text(
    """Næste skridt:
  1. Ret udkastet i {rules}: `when`, `require`, `message` og hjemlen (`basis`).
  2. Ret eksemplerne i {cases}, og se efter, at svarene er de rigtige.
  3. Kør `samtale check`, `samtale test` og `samtale coverage {rule} --missing`.
  4. Kør `samtale schemas` og `samtale docs`, og skriv ændringen i rules/CHANGELOG.md.""",
    """What to do next:
  1. Mend the draft in {rules}: `when`, `require`, `message` and where it comes from (`basis`).
  2. Mend the cases in {cases}, and see that the answers are the right ones.
  3. Run `samtale check`, `samtale test` and `samtale coverage {rule} --missing`.
  4. Run `samtale schemas` and `samtale docs`, and write the change in rules/CHANGELOG.md.""",
)


@click.command("new-rule")
@click.argument("rule", metavar="RULE-ID")
@click.option(
    "--operation",
    "operations",
    multiple=True,
    required=True,
    type=OPERATION,
    envvar="SAMTALE_OPERATION",
    show_envvar=True,
    help="What the rule decides, e.g. create_interview; may be repeated.",
)
@click.option(
    "--code",
    required=True,
    envvar="SAMTALE_CODE",
    show_envvar=True,
    help="The error code; one that is taken is refused, and a free one named.",
)
@click.option(
    "--title-da",
    required=True,
    envvar="SAMTALE_TITLE_DA",
    show_envvar=True,
    metavar="TEXT",
    help="What the rule says, in Danish.",
)
@click.option(
    "--title-en",
    required=True,
    envvar="SAMTALE_TITLE_EN",
    show_envvar=True,
    metavar="TEXT",
    help="The same in English.",
)
@click.option(
    "--field",
    default="",
    envvar="SAMTALE_FIELD",
    show_envvar=True,
    metavar="POINTER",
    help="The field at fault as a JSON pointer, e.g. /heldAt; left out: the whole request.",
)
@click.option(
    "--valid-from",
    type=click.DateTime(["%Y-%m-%d"]),
    envvar="SAMTALE_VALID_FROM",
    show_envvar=True,
    metavar="DAY",
    help="The first day of the rule; left out: the first of next month.",
)
@click.option(
    "--fact",
    type=FACT_NAME,
    envvar="SAMTALE_FACT",
    show_envvar=True,
    metavar="NAME",
    help="What the first condition is about; left out: asked on a terminal, else chosen.",
)
@flag("--dry-run", "SAMTALE_DRY_RUN", "Write nothing but what would change.")
@setting_options("rules", "config", "cases")
@plain_format_option
@language_option
def new_rule(
    rule: str,
    operations: tuple[str, ...],
    code: str,
    title_da: str,
    title_en: str,
    field: str,
    valid_from: datetime | None,
    fact: str | None,
    dry_run: bool,
    shape: str,
    language: str,
    **given: Any,
) -> None:
    """Draft a rule that passes the check: rule, error code, and a case file with both sides.

    The condition is only a beginning. Everything is written, or nothing.
    """
    settings = settings_from(given)
    rulebook, problems = read(settings)
    if rulebook is None:
        refuse(problems, shape)
    values: tuple[Scalar, ...] = ()
    asks = fact is None and shape == "human" and sys.stdin.isatty()
    if asks and set(operations) <= rulebook.catalogue.operations.keys():
        fact, values = _asked(rulebook, operations, language)
    today = datetime.now(UTC).astimezone(DENMARK).date()
    wish = Wish(
        rule,
        operations,
        code,
        Text(title_da, title_en),
        first_of_next_month(today) if valid_from is None else valid_from.date(),
        field,
        fact,
        values,
    )
    before = read_folders(settings.rules, settings.config)
    cases = read_case_folder(settings.cases, nearby(settings.cases))
    try:
        made = draft(before, cases, wish)
    except Refusal as refusal:
        raise click.UsageError(refusal.reason.in_language(language)) from None
    except RulebookError as error:
        refuse(Folders(settings.rules, settings.config).shown(error.problems), shape)
    contents = _contents(settings, made)
    if not dry_run:
        replace_files(contents)
    _show(contents, before, settings, made, wish, shape, language, dry_run=dry_run)


def first_of_next_month(day: date) -> date:
    """Return the first day of the month after `day`'s."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _contents(settings: Settings, made: Draft) -> dict[Path, bytes]:
    contents = {_path(settings, name): content for name, content in made.files.items()}
    contents[settings.cases / Path(made.case_file).name] = made.cases
    return contents


def _path(settings: Settings, name: str) -> Path:
    """Return where a file stands that the engine names `rules/…` or `config/…`."""
    folder, _, inside = name.partition("/")
    return (settings.rules if folder == "rules" else settings.config) / inside


def _show(
    contents: Mapping[Path, bytes],
    before: Mapping[str, bytes],
    settings: Settings,
    made: Draft,
    wish: Wish,
    shape: str,
    language: str,
    *,
    dry_run: bool,
) -> None:
    if shape == "json":
        as_json(
            {
                "rule": wish.rule,
                "code": wish.code,
                "validFrom": wish.valid_from.isoformat(),
                "written": not dry_run,
                "files": {nearby(path): content.decode() for path, content in contents.items()},
            }
        )
        return
    if dry_run:
        old = {_path(settings, name): content for name, content in before.items()}
        for path, content in contents.items():
            click.echo("".join(_difference(path, old.get(path, b""), content)), nl=False)
        return
    for path in contents:
        click.echo(Text(f"skrev {nearby(path)}", f"wrote {nearby(path)}").in_language(language))
    rules = nearby(_path(settings, made.rules))
    steps = _NEXT.in_language(language)
    click.echo(steps.format(rules=rules, cases=nearby(list(contents)[-1]), rule=wish.rule))


def _difference(path: Path, old: bytes, new: bytes) -> Iterator[str]:
    before, after = (each.decode("utf-8").splitlines(keepends=True) for each in (old, new))
    yield from difflib.unified_diff(before, after, nearby(path), nearby(path))


# --- asking ---------------------------------------------------------------------------------------


def _asked(
    rulebook: Rulebook, operations: tuple[str, ...], language: str
) -> tuple[str, tuple[Scalar, ...]]:
    """Ask what the rule is about, and which values it allows."""
    choices = facts_to_choose(rulebook, operations)
    click.echo(Text("Hvad handler reglen om?", "What is the rule about?").in_language(language))
    for number, each in enumerate(choices, start=1):
        click.echo(f"  {number:2}  {each.label.in_language(language)} ({each.name})")
    chosen = choices[click.prompt("", type=click.IntRange(1, len(choices)), default=1) - 1]
    if chosen.type is not FactType.CODE or chosen.code_list is None:
        return chosen.name, ()
    return chosen.name, _asked_values(rulebook, chosen, language)


def _asked_values(rulebook: Rulebook, fact: Fact, language: str) -> tuple[Scalar, ...]:
    rows = rulebook.tables[fact.code_list or ""].rows
    for key, history in rows.items():
        names = [row.name.in_language(language) for _, row in history if row.name is not None]
        click.echo(f"  {key}  {names[-1] if names else ''}")
    question = Text(
        "Hvilke værdier er i orden? (adskilt af mellemrum; tom: som i udgangspunktet)",
        "Which values pass? (apart by spaces; empty: as in the starting point)",
    )
    known = {str(key): key for key in rows}
    words = click.prompt(question.in_language(language), default="", show_default=False).split()
    unknown = [word for word in words if word not in known]
    if unknown:
        raise click.UsageError(
            Text(
                f"`{unknown[0]}` står ikke i kodelisten `{fact.code_list}`",
                f"`{unknown[0]}` is not in the code list `{fact.code_list}`",
            ).in_language(language)
        )
    return tuple(known[word] for word in words)
