"""The terminal: the `footnote` command, its subcommands and the chat.

Input: command-line arguments, typed or piped lines, files. Output: data to stdout, progress and logs to
stderr. Entry point: `commands.cli.main`. Nothing else in `bot` imports this package.
"""
