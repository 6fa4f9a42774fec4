"""Metadata: title, author, publisher, dates and language, as the article states them.

Input: lines and date strings. Output: names, ISO 8601 dates, ISO 639-1 codes; None for what is not stated.
Imported by the readers.
"""
