"""Facts: what a text states that can be compared with another text.

Input: a text. Output: its figures, dates, units, names, scores, negations and attributions, each with its
place, and whether one supports another. Entry points: the function of each module that is named after it.
Imports no other package of `bot`.
"""
