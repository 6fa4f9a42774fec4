"""Checks: is each sentence supported by its passages, and is each quote still in its article.

Input: an answer and the passages it cites, or a citation and its article as it is now. Output: the support
of each sentence, unsupported spans, the location of a quote. Entry points: `word_check`, `model_check`,
`quote_location`, `strict_mode`, and `excerpt_search` for pasted text. Imports neither records nor adapters.
"""
