"""Answers to questions about the articles themselves, taken from the catalogue without a model.

Input: a question, its conversation and the Library. Output: an Answer, or None for any other question.
Entry points: `catalogue_answer.catalogue_answer` and `source_question` (for "…, and who reported it?"),
called by `bot.assistant`, and `requested_articles.listed_articles`, called by commands that list articles.
`catalogue_request` recognizes the questions, by the phrases of `catalogue_phrases`.
"""
