"""Boilerplate: which lines of a scraped page are not part of its article.

Input: the lines of a text. Output: a reason for each line that is not to be indexed. Entry points:
`main_text.page_reasons` (a trained line model) and `boilerplate.clutter_reason`. Imported by `formats`.
"""
