"""The XML of office documents and the groups of RTF files, converted to blocks and events.

Input: the parts of a file. Output: blocks, or events such as the end of a paragraph. Imported by `formats`.
"""
