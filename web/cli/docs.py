"""`samtale docs`: write the pages about rules, or check that they are the ones committed.

In: folders of rules, tables and cases. Out: `docs/rules/*.md` and, beside that
folder, the page of problem texts; with `--check` the names of pages
that differ, and exit code 1.
Does not know: what stands on a page.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from engine.cases.files import read_case_files
from engine.cases.results import run_cases
from engine.decide import Decider
from engine.facts import Text
from engine.pages.problem_pages import PAGE, problem_page
from engine.pages.rule_pages import rule_pages
from engine.problems import Severity
from web.case_folder import read_case_folder
from web.cli.exit_codes import Exit
from web.cli.options import PROJECT, setting_options, settings_from
from web.cli.output import told
from web.cli.rulebook import CASES_UNUSABLE, Folders, read_folder, refuse

CASES = "tests/cases"
PAGES = "docs/rules"


def current_pages(folders: Folders, cases: Path) -> dict[str, str]:
    """Return every page as the rules and cases of today give it; ends the command on a problem."""
    rulebook, problems = read_folder(folders)
    if rulebook is None:
        refuse(problems)
    # pages name a case by where it stands in the project, wherever the command is run
    found, problems = read_case_files(read_case_folder(cases, CASES), rulebook)
    if any(each.severity is Severity.ERROR for each in problems):
        refuse(problems, what=CASES_UNUSABLE)
    decider = Decider(rulebook, "compiled")
    return rule_pages(rulebook, tuple(run_cases(decider, found)))


def differing(pages: Mapping[str, str], folder: Path) -> list[str]:
    """Return the names of pages that are missing, different or no longer made, in order."""
    there = {path.name for path in folder.glob("*.md")} if folder.is_dir() else set()
    return sorted(
        name
        for name in there | set(pages)
        if name not in pages
        or name not in there
        or (folder / name).read_text(encoding="utf-8") != pages[name]
    )


@click.command()
@setting_options("rules", "config", "cases")
@click.option(
    "--pages",
    type=click.Path(path_type=Path),
    envvar="SAMTALE_PAGES",
    show_envvar=True,
    default=PROJECT / PAGES,
    show_default=PAGES,
    metavar="DIR",
    help="Folder of the pages.",
)
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    envvar="SAMTALE_DOCS_CHECK",
    show_envvar=True,
    help="Write nothing; end with 1 when a page differs.",
)
def docs(pages: Path, only_check: bool, **given: Any) -> None:
    """Write one page per rule in Danish, with examples from the cases, and an index."""
    settings = settings_from(given)
    written = current_pages(Folders(settings.rules, settings.config), settings.cases)
    changed = differing(written, pages)
    beside = pages.parent / PAGE
    texts = problem_page()
    if not beside.is_file() or beside.read_text(encoding="utf-8") != texts:
        changed.append(PAGE)
    if only_check:
        _tell(len(written), changed, written=False)
        if changed:
            raise click.exceptions.Exit(Exit.FOUND)
        return
    pages.mkdir(parents=True, exist_ok=True)
    for name in changed:
        if name == PAGE:
            beside.write_text(texts, encoding="utf-8")
        elif name in written:
            (pages / name).write_text(written[name], encoding="utf-8")
        else:
            (pages / name).unlink()
    _tell(len(written), changed, written=True)


def _tell(of: int, changed: list[str], *, written: bool) -> None:
    plain = {"pages": of, "changed": changed, "written": written}
    if written:
        told(
            Text(
                f"{of} sider, {len(changed)} af dem ændret",
                f"{of} pages, {len(changed)} of them changed",
            ),
            plain,
        )
        return
    da = [f"`{name}` er ikke, som reglerne giver; kør `samtale docs`" for name in changed]
    en = [f"`{name}` is not the page that the rules give; run `samtale docs`" for name in changed]
    fine = Text(f"{of} sider er, som reglerne giver", f"{of} pages are as the rules give them")
    told(Text("\n".join(da), "\n".join(en)) if changed else fine, plain)
