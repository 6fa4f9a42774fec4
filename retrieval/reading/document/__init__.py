"""Shared by all format readers: the Document type, decoding, and conversion of markup to text.

Input: bytes, or HTML and XML elements. Output: a Document (text, headings, metadata), and the Article built
from it. Imported by `formats` and `reading`.
"""
