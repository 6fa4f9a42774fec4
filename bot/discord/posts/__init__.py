"""Posts: answers, passages and lists as Discord messages, within all of Discord's limits.

Input: Answers, citations, Hits. Output: posts (embeds and buttons), and their delivery with retries. Knows
neither questions nor settings. Imported by `handlers` and `commands`.
"""
