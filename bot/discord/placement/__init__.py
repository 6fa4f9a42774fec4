"""Placement: where the bot's permissions let it answer.

Input: messages. Output: the places to try, best first, and notices to managers where there are none.
Imported by `handlers` and the entry points of `bot.discord`.
"""
