"""The subcommands of `footnote`, a module for each or for a few related ones.

Input: command-line options. Output: text or JSON on stdout; an error is one sentence and exit code 1.
Entry point: `cli.main`. A new command is a click command that `cli` adds.
"""
