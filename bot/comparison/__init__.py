"""Contradictions between an answer and other articles, or between a model's answer and the extractive one.

Input: an Answer and the Hits it was made from. Output: the Answer with contradictions, each with exact
quotes. Entry points: `article_conflicts.article_conflict`, `second_opinion.contradicting_statement`,
`contradictions.with_contradictions`, called by `bot.answering`.
"""
