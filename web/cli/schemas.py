"""`samtale schemas`: write the JSON Schemas of the analysts' files, or check the committed ones.

In: folders of rules and tables. Out: `engine/schema/*.json`; with `--check` the names of files that
differ, and exit code 1.
Does not know: what stands in a schema.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from engine.facts import Text
from engine.problems import RulebookError
from engine.reader.load import load_rulebook
from engine.schema.schemas import generate, written
from web.cli.exit_codes import Exit
from web.cli.options import PROJECT, folder_options, settings_from
from web.cli.output import told
from web.cli.rulebook import Folders, refuse

SCHEMAS = "engine/schema"


def current_schemas(folders: Folders) -> dict[str, str]:
    """Return every schema file as the rulebook of today gives it; ends the command on a problem."""
    try:
        rulebook = load_rulebook(folders.rules, folders.config)
    except RulebookError as error:
        refuse(folders.shown(error.problems))
    return {name: written(schema) for name, schema in generate(rulebook).items()}


@click.command()
@folder_options
@click.option(
    "--schemas",
    "folder",
    type=click.Path(path_type=Path),
    envvar="SAMTALE_SCHEMAS",
    show_envvar=True,
    default=PROJECT / SCHEMAS,
    show_default=SCHEMAS,
    metavar="DIR",
    help="Folder of the schemas.",
)
@click.option(
    "--check",
    "only_check",
    is_flag=True,
    envvar="SAMTALE_SCHEMAS_CHECK",
    show_envvar=True,
    help="Write nothing; end with 1 when a schema differs.",
)
def schemas(folder: Path, only_check: bool, **given: Any) -> None:
    """Write the JSON Schemas by which editors complete facts, operators and codes."""
    settings = settings_from(given)
    wanted = current_schemas(Folders(settings.rules, settings.config))
    changed = [
        name
        for name, text in wanted.items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]
    if only_check:
        _tell(len(wanted), changed, written=False)
        if changed:
            raise click.exceptions.Exit(Exit.FOUND)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in changed:
        (folder / name).write_text(wanted[name], encoding="utf-8")
    _tell(len(wanted), changed, written=True)


def _tell(of: int, changed: list[str], *, written: bool) -> None:
    plain = {"schemas": of, "changed": changed, "written": written}
    if written:
        told(
            Text(
                f"{of} skemaer, {len(changed)} af dem ændret",
                f"{of} schemas, {len(changed)} of them changed",
            ),
            plain,
        )
        return
    da = [f"`{name}` er ikke, som reglerne giver; kør `samtale schemas`" for name in changed]
    en = [
        f"`{name}` is not the schema that the rules give; run `samtale schemas`" for name in changed
    ]
    fine = Text(f"{of} skemaer er, som reglerne giver", f"{of} schemas are as the rules give them")
    told(Text("\n".join(da), "\n".join(en)) if changed else fine, plain)
