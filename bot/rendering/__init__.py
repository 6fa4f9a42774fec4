"""Plain-text rendering and sanitizing.

Input: Answers, citations, articles and any text from outside. Output: lines of text that cannot control a
terminal. Shared by the terminal, Discord, records and exports.
"""
