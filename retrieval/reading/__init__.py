"""Reads files into articles.

Input: folders and files. Output: Articles with unmodified text; lines that are not part of an article are
marked as dropped, with the reason. Entry point: `corpus.Corpus`. To add a file format, write a reader in
`formats` and register it in `formats/registry.py`.
"""
