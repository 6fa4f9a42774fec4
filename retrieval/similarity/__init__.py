"""Similarity of articles: later versions and copies, from samples of their word runs.

Input: texts and metadata of articles. Output: pairs of versions, groups of copies. Pure functions. Imported
by `index` and `search`.
"""
