"""The Discord bot: answers questions in servers, threads and direct messages.

Input: Discord events. Output: posts with citations and buttons. Entry point: `runner.run`; `assembly`
builds every object. discord.py is used in this package only.
"""
