"""The chat: a conversation in the terminal, or over a pipe.

Input: lines typed or piped. Output: streamed answers, sources, and the results of slash commands. Entry
points: `repl.chat` and `piped_chat.answer_lines`, called by `commands.chat`.
"""
