"""Answers without a language model.

Input: a standalone question and its Hits. Output: an Answer of sentences quoted word for word, or a refusal
with its reason. Entry point: `extract.extract`, called by `bot.answering`.
"""
