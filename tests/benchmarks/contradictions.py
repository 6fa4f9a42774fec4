"""How often contradictions to answers are reported, and how many are false alarms.

    python tests/benchmarks/contradictions.py SET_DIR...

SET_DIR holds corpus.jsonl (or articles) and questions.jsonl with "answers". Answers are extractive. Prints
each "Articles differ" line for manual review. Then each right answer is treated as the answer of a model: if
the articles contradict it, the alarm is false. With seven added to its figures it is wrong, and the articles
should contradict it.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.answer import Answer, Sentence
from bot.assistant import Assistant
from bot.build import make_assistant
from bot.comparison.second_opinion import asks_for_fact, contradicting_statement
from bot.settings import Settings


def model_answer(question: str, text: str) -> Answer:
    """The answer of a model with one unsupported sentence."""
    sentence = Sentence(f"The answer is {text}.", (), "unsupported")
    return Answer(question, question, "answered", (sentence,), mode="model")


def count(counts: Counter[str], row: dict[str, Any], answer: Answer) -> None:
    """Add one answer to the counts."""
    counts["answered"] += 1
    for contradiction in answer.contradictions:
        counts["articles differ"] += 1
        print(f"  {row['question']}\n    {contradiction.text}")
    right = row.get("answers") or []
    if not right or not asks_for_fact(answer.standalone_question):
        return
    counts["figure, date or name asked"] += 1
    models = [model_answer(answer.standalone_question, text) for text in right]
    counts["false alarms"] += all(
        contradicting_statement(model, answer, answer.read) is not None for model in models
    )
    wrong = re.sub(r"\d+", lambda digits: str(int(digits[0]) + 7), right[0])
    if wrong != right[0]:
        counts["wrong figures"] += 1
        lie = model_answer(answer.standalone_question, wrong)
        counts["wrong figures contradicted"] += contradicting_statement(lie, answer, answer.read) is not None


async def measure(assistant: Assistant, rows: list[dict[str, Any]]) -> Counter[str]:
    """Ask all questions and count."""
    counts: Counter[str] = Counter()
    for row in rows:
        day = date.fromisoformat(row["date"].replace("/", "-")) if row.get("date") else None
        answer = [state async for state in assistant.ask(row["question"], as_of=day)][-1]
        if answer.status == "answered":
            count(counts, row, answer)
    return counts


def main() -> None:
    """Measure each set named on the command line."""
    for name in map(Path, sys.argv[1:]):
        corpus = name / "corpus.jsonl"
        settings = Settings(corpus=(corpus if corpus.exists() else name,), mode="extractive")
        assistant = make_assistant(settings)
        assistant.library.sync()
        lines = (name / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        counts = asyncio.run(measure(assistant, [json.loads(line) for line in lines]))
        print(f"{name.name}: " + ", ".join(f"{value} {what}" for what, value in counts.items()))


if __name__ == "__main__":
    main()
