"""The Discord bot: asks the Assistant on behalf of people in servers, threads and direct messages.

Input: Discord's events. Output: posts with citations and buttons. Entry point: `runner.run`; `assembly`
builds every object. discord.py is used in this package only.
"""
