"""The journal: questions that are being answered, saved so that a restart loses none.

Input: questions, the messages that answer them and what became of them. Output: what is unfinished after a
restart. Entry point: `question_journal.QuestionJournal`. Imported by `handlers` and the entry points.
"""
