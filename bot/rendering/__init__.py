"""Rendering and sanitizing.

Input: Answers, citations, articles and any text from outside. Output: lines of text that cannot control a
terminal; a model's answer as a tree of blocks, or as Markdown. Entry points: `sanitize`, `text_rendering`,
`answer_document`, `answer_markdown`. Used by the terminal, Discord, records and exports.
"""
