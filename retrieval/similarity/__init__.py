"""Similarity of articles: finds later versions and copies by their shingles.

Input: texts and metadata of articles. Output: pairs of versions, groups of copies. Pure functions. Imported
by `index` and `search`.
"""
