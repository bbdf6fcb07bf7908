"""The command `samtale`: one file per subcommand.

In: the command line and variables `SAMTALE_…`. Out: text and an exit code of `exit_codes.Exit`.
Does not know: rules, interviews or HTTP; it calls those who do.
"""

from __future__ import annotations

from typing import Any

import click

from engine.problems import EngineError
from registry.errors import RegistryError
from web.cli.audit import audit
from web.cli.check import check
from web.cli.completion import completion
from web.cli.coverage import coverage
from web.cli.demo import demo
from web.cli.diff import diff
from web.cli.docs import docs
from web.cli.explain import explain
from web.cli.fmt import fmt
from web.cli.messages import messages
from web.cli.new_rule import new_rule
from web.cli.options import LANGUAGE, CouldNotRun, answer_everywhere
from web.cli.publish import publish
from web.cli.registry_words import words_of
from web.cli.relay import relay
from web.cli.rulebooks import rulebooks
from web.cli.schemas import schemas
from web.cli.serve import serve
from web.cli.signing_key import signing_key
from web.cli.test import test
from web.cli.token import token
from web.cli.verify_decisions import verify_decisions

READERS = {
    "Analysts": (
        "check",
        "test",
        "explain",
        "diff",
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
        "signing-key",
    ),
    "Developers": ("demo", "token", "docs", "schemas", "completion"),
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
            language = ctx.meta.get(LANGUAGE, "da")
            raise CouldNotRun(words_of(error).in_language(language)) from error


@click.group(
    cls=_Commands,
    commands=[
        serve,
        relay,
        messages,
        demo,
        token,
        signing_key,
        check,
        test,
        publish,
        rulebooks,
        verify_decisions,
        schemas,
        docs,
        audit,
        explain,
        diff,
        coverage,
        fmt,
        new_rule,
        completion,
    ],
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="samtale")
def main() -> None:
    """Register held interviews by rules that analysts write.

    Every option can also be set with the variable that its help names. Exit codes: 0 fine, 1 found
    something, 2 wrong usage, 3 could not run.
    """


answer_everywhere(main)
