"""Readers, one for each file format.

Input: the bytes of a file. Output: a Document, or several for a collection such as a feed or a dump.
`registry` maps file suffixes to readers, which it imports on demand. Imported by `reading`.
"""
