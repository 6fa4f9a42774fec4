"""Evaluation: measures hits and answers on question sets with known answers.

Input: `questions.jsonl` and an Assistant. Output: a report with confidence intervals, as text or JSON.
Entry points: `question_set.read_questions`, `evaluator.evaluate`, `evaluation_report`. Used by the
`eval` command.
"""
