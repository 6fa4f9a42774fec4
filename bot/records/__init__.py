"""Stored answers: saved, searched, verified against the current articles, exported, explained.

Input: complete Answers. Output: records, verifications, Markdown, JSON, an HTML page. Entry points:
`answer_store.AnswerStore`, `record_stream.record_stream`, `verification`, `record_export`, `answers_page`,
`explain`. Used by the adapters.
"""
