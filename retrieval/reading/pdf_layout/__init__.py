"""From the characters of a PDF page to its lines in reading order.

Input: the bytes of a PDF file. Output: the lines of its pages, without running heads and page numbers, and
the numbers of the pages whose text cannot be used. Imported by `formats`.
"""
