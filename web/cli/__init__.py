"""The command `samtale`: one file per subcommand.

In: the command line and variables `SAMTALE_…`. Out: text and an exit code of `exit_codes.Exit`.
Does not know: rules, interviews or HTTP; it calls those who do.
"""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import Any

import click

from engine.problems import EngineError
from registry.errors import RegistryError
from web.cli.options import CouldNotRun, answer_everywhere

READERS = {
    "Analysts": (
        "check",
        "test",
        "explain",
        "diff",
        "replay",
        "coverage",
        "fmt",
        "new-rule",
        "publish",
        "rulebooks",
    ),
    "Operators": (
        "serve",
        "relay",
        "messages",
        "audit",
        "verify-decisions",
        "export-history",
        "signing-key",
    ),
    "Developers": ("demo", "synthesize", "token", "docs", "schemas", "completion"),
}
"""Who a command is for; `samtale --help` shows one list for each, in this order."""


class _Commands(click.Group):
    """Turns what a command could not do into one line and exit code 3."""

    def format_commands(
        self,
        ctx: click.Context,  # noqa: ARG002  # click hands it over
        formatter: click.HelpFormatter,
    ) -> None:
        """Write the commands reader by reader; one that nobody was named for comes last."""
        named = [name for names in READERS.values() for name in names]
        others = tuple(name for name in self.commands if name not in named)
        longest = max((len(name) for name in self.commands), default=0)
        for reader, names in (*READERS.items(), ("Others", others)):
            there = [(name, self.commands[name]) for name in names if name in self.commands]
            if there:
                room = formatter.width - 6 - longest
                with formatter.section(reader):
                    formatter.write_dl(
                        [(name, command.get_short_help_str(room)) for name, command in there]
                    )

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (EngineError, RegistryError, OSError) as error:
            raise CouldNotRun(str(error)) from error


class _OnDemand(UserDict[str, click.Command]):
    """Commands by name, each imported when it is asked for: `check` waits for no other.

    The command `new-rule` is `new_rule` in `web.cli.new_rule`.
    """

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__()
        self._names = tuple(names)

    def __getitem__(self, name: str) -> click.Command:
        if name in self._names and name not in self.data:
            word = name.replace("-", "_")
            self.data[name] = getattr(import_module(f"web.cli.{word}"), word)
            answer_everywhere(self.data[name])
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        return name in self._names or name in self.data

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys((*self._names, *self.data)))

    def __len__(self) -> int:
        return len({*self._names, *self.data})


@click.group(
    cls=_Commands,
    commands=_OnDemand(name for names in READERS.values() for name in names),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="samtale")
def main() -> None:
    """Register held interviews by rules that analysts write.

    Every option can also be set with the variable that its help names. Exit codes: 0 fine, 1 found
    something, 2 wrong usage, 3 could not run.
    """
