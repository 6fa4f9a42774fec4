"""Reading: files to Articles.

Input: folders and files. Output: Articles, whose text is never changed; lines that are not part of an
article are marked as dropped, with the reason. Entry point: `corpus.Corpus`. A new file format is a reader
in `formats`, registered in `formats/registry.py`.
"""
