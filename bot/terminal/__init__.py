"""The terminal: the `footnote` command, its subcommands and its chat.

Input: what is typed, and files. Output: data to stdout, progress and logs to stderr. `commands.cli.main` is
the entry point of the package; nothing else in `bot` imports this package.
"""
