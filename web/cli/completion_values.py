"""What a shell completes behind a command: ids of rules, of releases, names of facts.

In: what was typed so far, and the folders or the database that the command line or variables name.
Out: completions with their Danish titles.
Does not know: which shell asks. A rulebook that cannot be read completes nothing and says nothing:
a shell has no place for problems.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from engine.model import Rulebook
from engine.problems import EngineError
from registry.errors import RegistryError
from web.cli.options import FOLDERS, beside_packages

Candidates = Callable[[click.Context], Iterator[tuple[str, str]]]


class CompletedText(click.ParamType[str]):
    """Text that is completed from candidates, and otherwise taken as it is."""

    # a parameter type without `convert` takes what it is given

    def __init__(self, name: str, candidates: Candidates) -> None:
        self.name = name
        self._candidates = candidates

    def shell_complete(
        self,
        ctx: click.Context,
        param: click.Parameter,  # noqa: ARG002  # click hands it over
        incomplete: str,
    ) -> list[CompletionItem]:
        try:
            found = list(self._candidates(ctx))
        except (EngineError, RegistryError, OSError, ValueError, click.ClickException):
            return []
        return [
            CompletionItem(value, help=title)
            for value, title in found
            if value.startswith(incomplete)
        ]


def _rulebook(ctx: click.Context) -> Rulebook:
    # imported here: only a shell that asks for completions waits for the reader
    from engine.reader.load import load_rulebook

    rules, config = (
        Path(ctx.params.get(name) or os.environ.get(f"SAMTALE_{name.upper()}") or default)
        for name, default in (
            (name, beside_packages(FOLDERS[name])) for name in ("rules", "config")
        )
    )
    return load_rulebook(rules, config)


def _rule_ids(ctx: click.Context) -> Iterator[tuple[str, str]]:
    for file in _rulebook(ctx).files:
        for rule in file.all:
            yield rule.id, rule.title.da


def _fact_names(ctx: click.Context) -> Iterator[tuple[str, str]]:
    for name, fact in _rulebook(ctx).catalogue.facts.items():
        yield name, fact.label.da


def _operations(ctx: click.Context) -> Iterator[tuple[str, str]]:
    for name in _rulebook(ctx).catalogue.operations:
        yield name, ""


def _release_ids(ctx: click.Context) -> Iterator[tuple[str, str]]:
    from web.cli.options import settings_from
    from web.cli.stored_rules import opened

    url = ctx.params.get("database_url")
    given = {} if url is None else {"database_url": url}
    with opened(settings_from(given)) as (_, releases):
        for release in releases.listed():
            # a colon would end the word for bash, and the digits alone are enough
            yield release.id.removeprefix("sha256:")[:12], release.note


RULE_ID = CompletedText("rule", _rule_ids)
FACT_NAME = CompletedText("fact", _fact_names)
OPERATION = CompletedText("operation", _operations)
RELEASE_ID = CompletedText("release", _release_ids)
