"""`completion`: print the completion script of a shell."""

from __future__ import annotations

import click

_HELP = """Print the Tab completion script for SHELL.

\b
bash:  footnote completion bash > ~/.local/share/bash-completion/completions/footnote
zsh:   footnote completion zsh > ~/.zfunc/_footnote   (with ~/.zfunc in fpath)
fish:  footnote completion fish > ~/.config/fish/completions/footnote.fish
"""


@click.command(help=_HELP, short_help="Print the shell completion script.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print click's completion script for a shell."""
    from click.shell_completion import get_completion_class

    root = context.find_root().command
    completion_class = get_completion_class(shell)
    assert completion_class is not None
    click.echo(completion_class(root, {}, "footnote", "_FOOTNOTE_COMPLETE").source())
