"""Extracts the title, author, publisher, dates and language of an article.

Input: lines and date strings. Output: names, ISO 8601 dates, ISO 639-1 codes; None for what the article does
not state. Imported by the readers.
"""
