"""Answers to questions about the articles themselves, taken from the catalogue without a model.

Input: a question, its conversation and the Library. Output: an Answer, or None for any other question.
Entry points: `catalogue_answer.catalogue_answer`, called by `bot.assistant`, and
`article_selection.select_articles`.
"""
