"""Questions to begin with: a few that the articles at hand are known to answer."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import BotError
from bot.rendering.text_rendering import sanitize_line
from retrieval.errors import RetrievalError

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.assistant import Assistant
    from retrieval.article import Article
    from retrieval.library import Library

FILE = "questions.jsonl"  # questions that come with a folder of articles, one {"question": …} a line
_TRIED = 12  # questions that are tried at most, to find those that are answered
_READ = 60  # articles that are looked through at most, when no questions come with the folder
_CONFIDENCE = 0.5  # of an answer to a question that was made from an article

# Verbs of news in the past tense and how they are asked for; "whom" asks for people or companies.
_WHAT = (
    "adopted adopt approved approve announced announce banned ban blocked block bought buy built "
    "build cancelled cancel closed close cut cut delayed delay demanded demand discovered discover "
    "introduced introduce launched launch opened open ordered order passed pass promised promise "
    "proposed propose published publish rejected reject signed sign sold sell started start stopped "
    "stop suspended suspend tested test unveiled unveil won win"
)
_WHOM = (
    "appointed appoint arrested arrest criticised criticise elected elect fined fine summoned summon sued sue"
)
_SPEECH = "said say claimed claim warned warn"  # less telling: taken when there is nothing better
_VERBS = {"What": _WHAT, "Whom": _WHOM, "what": _SPEECH}
_ASKED = {
    past: (word, base)
    for word, verbs in _VERBS.items()
    for past, base in zip(verbs.split()[::2], verbs.split()[1::2], strict=True)
}
_PEOPLE = "authorities|officials|regulators|lawmakers|ministers|police|prosecutors|researchers|scientists"
_NAME = r"[A-Z][\w'’-]+(?: (?:of |and |for |the )*[A-Z][\w'’-]+){0,4}"
_SUBJECT = rf"(?:The [a-z]+(?: [a-z]+)?(?: of (?:the )?{_NAME})?|{_NAME}(?: (?:{_PEOPLE}))?)"
_SENTENCE = re.compile(
    r"(?:(?:After|Also|However|In|Last|On|Then|This|Yesterday)\b[^,.;]{0,30}, )?"
    rf"(?P<subject>{_SUBJECT}) (?:has |have |had )?(?:\w+ly )?(?P<verb>{'|'.join(_ASKED)})\b "
    r"(?!\w+ing\b|(?:at|by|down|from|in|of|off|on|out|to|up)\b)"
)
_VAGUE = re.compile(
    r"(?:The (?:same|first|last|other|two|three)|It|He|She|They|We|I|This|That|There|Those|These)\b"
)


async def suggest(assistant: Assistant, corpus: Sequence[Path], count: int = 3) -> tuple[str, ...]:
    """Up to *count* questions, each answered by the articles when it was tried just now.

    They are those that come with the folders; without such, they are made from sentences of the articles.
    They are tried without a model, which would take time and money.
    """
    if assistant.mode == "model":
        assistant = assistant.without_model()
    good: list[str] = []
    for question in written_questions(corpus)[:_TRIED]:
        if (
            len(good) < count
            and (answer := await _answer(assistant, question))
            and answer.status == "answered"
        ):
            good.append(question)
    if good:
        return tuple(good)
    made = await asyncio.to_thread(made_questions, assistant.library)
    for question, article in made[:_TRIED]:
        if len(good) < count and _tells(await _answer(assistant, question), article):
            good.append(question)
    return tuple(good)


def written_questions(corpus: Sequence[Path]) -> list[str]:
    """The questions that come with the folders of a corpus; lines that hold none are passed over."""
    found: list[str] = []
    for folder in corpus:
        try:
            text = (folder / FILE).read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            continue
        found += [question for line in text.splitlines() if (question := _question(line))]
    return found


def made_questions(library: Library) -> list[tuple[str, str]]:
    """Questions that sentences of articles answer, each with its article's id; the most telling first."""
    infos = sorted(library.articles(), key=lambda info: info.date or "", reverse=True)
    step = max(1, len(infos) // _READ)
    ranked: list[tuple[bool, int, int, str, str]] = []
    for info in infos[::step][:_READ]:
        article = library.article(info.id)
        for place, (question, is_telling) in enumerate(questions_about(article) if article else ()):
            ranked.append((not is_telling, place, len(ranked), question, info.id))
    return list({question: article for *_, question, article in sorted(ranked)}.items())


def questions_about(article: Article) -> Iterator[tuple[str, bool]]:
    """Questions that sentences of the article answer ("What did the council of Larkhaven ban?").

    Each with whether it is a telling one, about what was done and not about what was said.
    """
    from retrieval.splitting.passage_splitter import split

    for passage in split(article):
        for start, end in passage.sentences:
            match = _SENTENCE.match(article.text[start:end])
            if match and not _VAGUE.match(match["subject"]):
                word, base = _ASKED[match["verb"]]
                subject = re.sub("^The ", "the ", sanitize_line(match["subject"]))
                yield f"{word.capitalize()} did {subject} {base}?", word != "what"


def suggestion_lines(questions: Sequence[str]) -> list[str]:
    """How the chat offers them."""
    if not questions:
        return []
    return ["You could ask (the Tab key writes them):", *(f"  {question}" for question in questions)]


def _question(line: str) -> str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    question = row.get("question") if isinstance(row, dict) else None
    return sanitize_line(question) if isinstance(question, str) else ""


async def _answer(assistant: Assistant, question: str) -> Answer | None:
    try:
        return [answer async for answer in assistant.ask(question)][-1]
    except (BotError, RetrievalError):
        return None


def _tells(answer: Answer | None, article: str) -> bool:
    """Whether an answer is sure enough and rests on the article that the question was made from."""
    if answer is None or answer.status != "answered" or answer.confidence < _CONFIDENCE:
        return False
    return any(citation.article.id == article for citation in answer.citations)
