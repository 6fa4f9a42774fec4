"""Posts: answers, passages and lists as Discord messages within Discord's limits.

Input: Answers, citations, Hits. Output: posts (embeds and buttons), delivered with retries. Independent of
questions and settings. Imported by `handlers` and `commands`.
"""
