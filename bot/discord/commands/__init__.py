"""Slash commands and the message menu.

Input: interactions. Output: posts. `member_commands` are for everyone, `admin_commands` for people who can
manage the server, `command_pages` builds what they show. Add new commands to `COMMANDS`.
"""
