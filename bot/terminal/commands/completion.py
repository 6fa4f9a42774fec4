"""`completion`: what a shell needs to complete the names of commands and options."""

from __future__ import annotations

import click

_HELP = """Print the script that lets SHELL complete commands, options and files with the Tab key.

\b
bash:  footnote completion bash > ~/.local/share/bash-completion/completions/footnote
zsh:   footnote completion zsh > ~/.zfunc/_footnote   (with ~/.zfunc in fpath)
fish:  footnote completion fish > ~/.config/fish/completions/footnote.fish
"""


@click.command(help=_HELP, short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print click's completion script for a shell."""
    from click.shell_completion import get_completion_class

    root = context.find_root().command
    maker = get_completion_class(shell)
    assert maker is not None
    click.echo(maker(root, {}, "footnote", "_FOOTNOTE_COMPLETE").source())
