"""What all format readers share: a Document, how its bytes are decoded and its elements become text.

Input: bytes, or elements of HTML and XML. Output: a Document (text, headings, metadata), and the Article it
becomes. Imported by `formats` and `reading`.
"""
