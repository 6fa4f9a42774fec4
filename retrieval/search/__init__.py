"""Search: a question to Hits.

Input: a standalone question, filters, the day it is asked, an open index. Output: ranked Hits. Entry point:
`find_hits.search`. The analysis of questions (dates, publishers, parts, typos) is also used by `bot`.
"""
