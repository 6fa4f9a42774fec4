"""Slash commands and the message menu.

Input: interactions. Output: posts. `member_commands` are for everyone, `admin_commands` for those who can
manage the server, `command_pages` makes what they show. A new command is added to `COMMANDS`.
"""
