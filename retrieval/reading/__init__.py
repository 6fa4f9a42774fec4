"""Reads files into articles.

Input: folders and files. Output: Articles with the text that a reader sees; lines that are not part of it are
marked as dropped, with the reason. Entry points: `corpus.Corpus`, `corpus_watch.watch_changes`. To add a file
format, write a reader in `formats` and register it in `formats/registry.py`.
"""
