"""How often an answer is spoken against, and how often wrongly.

    python tests/benchmarks/contradictions.py SET_DIR...

SET_DIR holds corpus.jsonl (or articles) and questions.jsonl with "answers". Answers are extractive. Prints
each "Articles differ" line, to be read by a person. Each right answer is then taken for that of a model:
where the articles' own words speak against it, the alarm is false. With seven added to its figures it is
wrong, and should be spoken against.
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
    """What a model whose sentence is in doubt would have said."""
    said = Sentence(f"The answer is {text}.", (), "unsupported")
    return Answer(question, question, "answered", (said,), mode="model")


def count(found: Counter[str], row: dict[str, Any], answer: Answer) -> None:
    """Add one answer to the counts."""
    found["answered"] += 1
    for each in answer.contradictions:
        found["articles differ"] += 1
        print(f"  {row['question']}\n    {each.text}")
    right = row.get("answers") or []
    if not right or not asks_for_fact(answer.standalone_question):
        return
    found["figure, date or name asked"] += 1
    models = [model_answer(answer.standalone_question, text) for text in right]
    found["false alarms"] += all(
        contradicting_statement(model, answer, answer.read) is not None for model in models
    )
    wrong = re.sub(r"\d+", lambda digits: str(int(digits[0]) + 7), right[0])
    if wrong != right[0]:
        found["wrong figures"] += 1
        lie = model_answer(answer.standalone_question, wrong)
        found["wrong figures spoken against"] += contradicting_statement(lie, answer, answer.read) is not None


async def measure(assistant: Assistant, rows: list[dict[str, Any]]) -> Counter[str]:
    """Ask all questions and count."""
    found: Counter[str] = Counter()
    for row in rows:
        day = date.fromisoformat(row["date"].replace("/", "-")) if row.get("date") else None
        answer = [each async for each in assistant.ask(row["question"], as_of=day)][-1]
        if answer.status == "answered":
            count(found, row, answer)
    return found


def main() -> None:
    """Measure each set named on the command line."""
    for name in map(Path, sys.argv[1:]):
        corpus = name / "corpus.jsonl"
        settings = Settings(corpus=(corpus if corpus.exists() else name,), mode="extractive")
        assistant = make_assistant(settings)
        assistant.library.sync()
        lines = (name / "questions.jsonl").read_text(encoding="utf-8").splitlines()
        found = asyncio.run(measure(assistant, [json.loads(line) for line in lines]))
        print(f"{name.name}: " + ", ".join(f"{value} {what}" for what, value in found.items()))


if __name__ == "__main__":
    main()
