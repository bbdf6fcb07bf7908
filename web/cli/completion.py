"""`samtale completion`: the script by which a shell completes commands, options and values.

In: the name of a shell. Out: its script, to be read at the shell's start.
Does not know: what is completed (`completion_values`).
"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from web.cli.options import plain_format_option
from web.cli.output import as_json

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "samtale"
VARIABLE = "_SAMTALE_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
@plain_format_option
@click.pass_context
def completion(ctx: click.Context, shell: str, shape: str) -> None:
    """Print the completion script of a shell.

    Put it to use for good: `eval "$(samtale completion bash)"` in `~/.bashrc`, the same with `zsh`
    in `~/.zshrc`; `samtale completion fish > ~/.config/fish/completions/samtale.fish`.
    """
    made = get_completion_class(shell)
    assert made is not None  # noqa: S101  # click knows the three shells
    script = made(ctx.find_root().command, {}, PROGRAM, VARIABLE).source()
    if shape == "json":
        as_json({"shell": shell, "script": script})
    else:
        click.echo(script)
