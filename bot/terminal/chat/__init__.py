"""The chat: a conversation in the terminal, or over a pipe.

Input: typed or piped lines. Output: streamed answers, sources, results of slash commands. Entry points:
 `repl.chat` and `piped_chat.answer_lines`, called by `commands.chat`.
"""
