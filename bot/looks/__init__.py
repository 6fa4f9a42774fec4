"""What a language model asks to look up before it answers, and how it says so.

Input: the tool calls and the text of a model's reply. Output: validated looks (`look`): a search, more of an
article, or a list of articles. Entry points: `look_tools` for tool calls, `look_lines` for models without
them. Nothing here searches; `bot.evidence.look_up` does.
"""
