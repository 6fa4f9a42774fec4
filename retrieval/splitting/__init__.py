"""Splits articles into passages.

Input: an Article. Output: Passages of whole sentences with character spans, sized for the embedding model.
Entry points: `passage_splitter.split`, `sentences.sentence_spans`.
"""
