"""Checks: is each sentence supported by what it cites, and is each quote still in its article.

Input: a sentence and the passages it cites, or a citation and its article as it is now. Output: a verdict,
the unsupported spans, the place of the quote. Entry points: `support`, `hard_facts`, `quote_location`,
`strict_mode`, and `excerpt_search` for pasted text. Imports neither records nor adapters.
"""
