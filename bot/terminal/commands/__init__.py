"""The subcommands of `footnote`, one module per command or group of related commands.

Input: command-line arguments. Output: text or JSON on stdout; errors are one sentence on stderr with exit
code 1. Entry point: `cli.main`. To add a command, write a click command and register it in `cli`.
"""
