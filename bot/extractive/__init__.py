"""Answers without a language model.

Input: a standalone question and its Hits. Output: an Answer of verbatim sentences, or a refusal with its
reason. Entry point: `extract.extract`, called by `bot.answering`.
"""
