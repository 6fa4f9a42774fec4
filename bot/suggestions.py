"""Suggests a few questions that the articles are known to answer."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot.errors import BotError
from bot.rendering.sanitize import sanitize_line
from retrieval.errors import RetrievalError
from retrieval.hit import Filters

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.assistant import Assistant
    from retrieval.article import Article
    from retrieval.library import Library

QUESTIONS_FILE = "questions.jsonl"  # in a folder of articles, one {"question": …} per line
_MAX_ATTEMPTS = 12  # questions asked to find those that are answered
_MAX_ARTICLES = 60  # articles scanned when a folder has no questions
_MIN_CONFIDENCE = 0.5  # of an answer to a generated question

# News verbs, past tense and infinitive in turn; "whom" asks for people or companies.
_WHAT_VERBS = (
    "adopted adopt approved approve announced announce banned ban blocked block bought buy built "
    "build cancelled cancel closed close cut cut delayed delay demanded demand discovered discover "
    "introduced introduce launched launch opened open ordered order passed pass promised promise "
    "proposed propose published publish rejected reject signed sign sold sell started start stopped "
    "stop suspended suspend tested test unveiled unveil won win"
)
_WHOM_VERBS = (
    "appointed appoint arrested arrest criticised criticise elected elect fined fine summoned summon sued sue"
)
_SPEECH_VERBS = "said say claimed claim warned warn"  # less interesting: a fallback
_QUESTION_FORMS = {  # past tense -> question word, infinitive, True if about speech
    past: (word, infinitive, verbs is _SPEECH_VERBS)
    for word, verbs in (("What", _WHAT_VERBS), ("Whom", _WHOM_VERBS), ("What", _SPEECH_VERBS))
    for past, infinitive in zip(verbs.split()[::2], verbs.split()[1::2], strict=True)
}
_PEOPLE = "authorities|officials|regulators|lawmakers|ministers|police|prosecutors|researchers|scientists"
_NAME = r"[A-Z][\w'’-]+(?: (?:of |and |for |the )*[A-Z][\w'’-]+){0,4}"
_SUBJECT = rf"(?:The [a-z]+(?: [a-z]+)?(?: of (?:the )?{_NAME})?|{_NAME}(?: (?:{_PEOPLE}))?)"
_SENTENCE = re.compile(
    r"(?:(?:After|Also|However|In|Last|On|Then|This|Yesterday)\b[^,.;]{0,30}, )?"
    rf"(?P<subject>{_SUBJECT}) (?:has |have |had )?(?:\w+ly )?(?P<verb>{'|'.join(_QUESTION_FORMS)})\b "
    r"(?!\w+ing\b|(?:at|by|down|from|in|of|off|on|out|to|up)\b)"
)
_VAGUE_SUBJECT = re.compile(
    r"(?:The (?:same|first|last|other|two|three)|It|He|She|They|We|I|This|That|There|Those|These)\b"
)


async def suggest(
    assistant: Assistant, corpus: Sequence[Path], count: int = 3, filters: Filters | None = None
) -> tuple[str, ...]:
    """Up to *count* questions, each asked now to make sure that the articles answer it.

    They are taken from the folders' question files, else made from sentences of the articles. They are asked
    without the model, to save time and money.
    """
    if assistant.mode == "model":
        assistant = assistant.without_model()
    answered: list[str] = []
    for question in provided_questions(corpus)[:_MAX_ATTEMPTS]:
        if (
            len(answered) < count
            and (answer := await _answer(assistant, question, filters))
            and answer.status == "answered"
        ):
            answered.append(question)
    if answered:
        return tuple(answered)
    generated = await asyncio.to_thread(generated_questions, assistant.library, filters)
    for question, article_id in generated[:_MAX_ATTEMPTS]:
        if len(answered) < count and _is_from(article_id, await _answer(assistant, question, filters)):
            answered.append(question)
    return tuple(answered)


def provided_questions(corpus: Sequence[Path]) -> list[str]:
    """The questions in the question files of a corpus's folders; invalid lines are skipped."""
    questions: list[str] = []
    for folder in corpus:
        try:
            text = (folder / QUESTIONS_FILE).read_text(encoding="utf-8")
        except (OSError, UnicodeError):
            continue
        questions += [question for line in text.splitlines() if (question := _question(line))]
    return questions


def generated_questions(library: Library, filters: Filters | None = None) -> list[tuple[str, str]]:
    """Questions made from sentences of articles, each with its article's id, most interesting first."""
    allowed = [info for info in library.articles() if (filters or Filters()).accept(info)]
    infos = sorted(allowed, key=lambda info: info.date or "", reverse=True)
    step = max(1, len(infos) // _MAX_ARTICLES)
    ranked: list[tuple[bool, int, int, str, str]] = []
    for info in infos[::step][:_MAX_ARTICLES]:
        article = library.article(info.id)
        for index, (question, is_speech) in enumerate(questions_from(article) if article else ()):
            ranked.append((is_speech, index, len(ranked), question, info.id))
    return list({question: article_id for *_, question, article_id in sorted(ranked)}.items())


def questions_from(article: Article) -> Iterator[tuple[str, bool]]:
    """Questions made from sentences of the article ("What did the council of Larkhaven ban?").

    Each comes with True if it asks what somebody said.
    """
    from retrieval.splitting.passage_splitter import split

    for passage in split(article):
        for start, end in passage.sentences:
            match = _SENTENCE.match(article.text[start:end])
            if match and not _VAGUE_SUBJECT.match(match["subject"]):
                word, infinitive, is_speech = _QUESTION_FORMS[match["verb"]]
                subject = re.sub("^The ", "the ", sanitize_line(match["subject"]))
                yield f"{word} did {subject} {infinitive}?", is_speech


def suggestion_lines(questions: Sequence[str]) -> list[str]:
    """The lines in which the chat offers them; none without questions."""
    if not questions:
        return []
    return ["You could ask (press Tab to fill one in):", *(f"  {question}" for question in questions)]


def _question(line: str) -> str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return ""
    question = row.get("question") if isinstance(row, dict) else None
    return sanitize_line(question) if isinstance(question, str) else ""


async def _answer(assistant: Assistant, question: str, filters: Filters | None) -> Answer | None:
    try:
        return [answer async for answer in assistant.ask(question, filters=filters)][-1]
    except (BotError, RetrievalError):
        return None


def _is_from(article_id: str, answer: Answer | None) -> bool:
    """True if an answer is confident enough and cites the article that the question was made from."""
    if answer is None or answer.status != "answered" or answer.confidence < _MIN_CONFIDENCE:
        return False
    return any(citation.article.id == article_id for citation in answer.citations)
