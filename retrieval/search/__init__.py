"""Search: question -> Hits.

Input: a standalone question, filters, the day it is asked, an open index. Output: ranked Hits. Entry point:
`find_hits.search`. `bot` also uses the question analysis: dates, publishers, sub-questions, typos.
"""
