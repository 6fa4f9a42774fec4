"""Finds the source of a pasted excerpt: the articles that contain it, exactly or with small changes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bot.answer_json import article_json, page_json
from bot.checking.word_alignment import Alignment, align, keys_of, span_of
from bot.errors import QuestionInvalid
from retrieval.article import Article, ArticleInfo
from retrieval.text_lines import line_at

if TYPE_CHECKING:
    from pathlib import Path

    from retrieval.index.index_reader import Index
    from retrieval.library import Library
    from retrieval.passage import Passage
    from retrieval.reading.corpus import Corpus

LONGEST_EXCERPT = 1_500  # words; the time to align is proportional
_MAX_QUERY_WORDS = 150  # of the excerpt, in the search for candidate passages
_MAX_PASSAGES = 24  # candidates
_MAX_ARTICLES = 6  # aligned: those whose passages share most with the excerpt
_MIN_SHARE_OF_BEST = 0.75  # of the words and pairs that the best article shares, for others to be aligned
_MIN_CERTAIN_SIMILARITY = 0.85  # below it, the files themselves are searched for the exact words
_PLAIN = re.compile(r"[A-Za-z0-9 ,.;:()-]+")  # the same bytes in all encodings, in HTML and in JSON
_MIN_NEEDLE = 16  # characters


@dataclass(frozen=True, slots=True)
class ExcerptMatch:
    """A possible source of an excerpt: ``article_text[start:end] == quote``, in the article as it is now.

    ``similarity`` is 1 - edits / words of the excerpt. ``exact``: it has all words in order, apart from
    punctuation, case and white space.
    """

    article: ArticleInfo
    start: int
    end: int
    line: int
    section: str | None
    quote: str
    similarity: float
    exact: bool


def find_excerpt(library: Library, excerpt: str, limit: int = 5) -> Sequence[ExcerptMatch]:
    """The sources of *excerpt*, the most similar first, and of equals the earliest published.

    Empty if it is not in the corpus. Raises QuestionInvalid and RetrievalError.
    """
    keys = _keys(excerpt)
    with library.index() as index:
        candidates = _candidates(index, excerpt, _words_and_pairs(keys))
        aligned = [(align(keys, _keys_of_passages(passages)), info) for info, passages in candidates]
    likely = [info for alignment, info in aligned if alignment.similarity >= _min_similarity(len(keys))]
    matches = _matches(library.corpus, keys, likely)
    # Headlines and lines excluded from the index are in no passage: the best articles are read whole.
    if not matches:
        matches = _matches(library.corpus, keys, [info for _, info in aligned[:2]])
    if max((match.similarity for match in matches), default=0.0) < _MIN_CERTAIN_SIMILARITY:
        known = {match.article.id for match in matches}
        others = [info for info in _articles_containing(library, excerpt) if info.id not in known]
        matches += _matches(library.corpus, keys, others)
    matches.sort(key=lambda match: (-match.similarity, match.article.date or "9999", match.article.id))
    return matches[:limit]


def _min_similarity(words: int) -> float:
    """The minimum similarity of a match. The shorter an excerpt, the likelier is a match by chance."""
    return 0.65 if words >= 12 else 0.8 if words >= 6 else 1.0


def match_json(match: ExcerptMatch) -> dict[str, Any]:
    """A match as the JSON object of `footnote quote --json`."""
    return {
        "article": article_json(match.article),
        "start": match.start,
        "end": match.end,
        "line": match.line,
        **page_json(match.article.path, match.section),
        "quote": match.quote,
        "similarity": round(match.similarity, 4),
        "exact": match.exact,
    }


def _keys(excerpt: str) -> list[str]:
    keys = keys_of(excerpt)
    if not keys:
        raise QuestionInvalid("The excerpt contains no words.", "Paste a sentence or two of an article.")
    if len(keys) > LONGEST_EXCERPT:
        raise QuestionInvalid(
            f"The excerpt has {len(keys):,} words; the maximum is {LONGEST_EXCERPT:,}.",
            "Paste a sentence or two of it.",
        )
    return keys


def _words_and_pairs(keys: Sequence[str]) -> frozenset[str | tuple[str, str]]:
    """The words and their adjacent pairs: any two texts in a language share words, but few share pairs."""
    return frozenset(keys).union(pairwise(keys))


def _candidates(
    index: Index, excerpt: str, wanted: frozenset[str | tuple[str, str]]
) -> list[tuple[ArticleInfo, list[Passage]]]:
    """The articles whose passages share most with the excerpt, best first, each with all its passages."""
    from retrieval.text_analysis import stems_in_languages

    words = stems_in_languages(excerpt, index.lexical.languages())
    ranked = index.lexical.search(words[:_MAX_QUERY_WORDS], _MAX_PASSAGES)
    shared: dict[str, set[str | tuple[str, str]]] = {}
    infos: dict[str, ArticleInfo] = {}
    for passage in index.passages([passage_id for passage_id, _ in ranked]).values():
        infos[passage.article.id] = passage.article
        shared.setdefault(passage.article.id, set()).update(wanted & _words_and_pairs(keys_of(passage.text)))
    best = sorted(shared, key=lambda article_id: -len(shared[article_id]))[:_MAX_ARTICLES]
    minimum = _MIN_SHARE_OF_BEST * max(map(len, shared.values()), default=0)
    return [
        (infos[article_id], index.article_passages(article_id))
        for article_id in best
        if len(shared[article_id]) >= minimum
    ]


def _keys_of_passages(passages: Iterable[Passage]) -> list[str]:
    """The words of an article's passages in order; sentences that two passages share count once."""
    keys: list[str] = []
    end = 0
    for passage in sorted(passages, key=lambda passage: passage.start):
        keys += keys_of(passage.text[max(0, end - passage.start) :])
        end = max(end, passage.end)
    return keys


def _matches(corpus: Corpus, keys: Sequence[str], infos: Iterable[ArticleInfo]) -> list[ExcerptMatch]:
    """The matches in the articles as they are on disk now."""
    matches = []
    for info in infos:
        article = corpus.find(info)
        if article is not None:
            alignment = align(keys, keys_of(article.text))
            if alignment.similarity >= _min_similarity(len(keys)):
                matches.append(_match(article, alignment))
    return matches


def _articles_containing(library: Library, excerpt: str) -> list[ArticleInfo]:
    """The articles that contain the longest plain part of the excerpt, byte for byte except for case."""
    needle = max(_PLAIN.findall(excerpt), key=len, default="").strip().lower()
    if len(needle) < _MIN_NEEDLE:
        return []
    corpus = library.corpus
    paths = {source.path for source in corpus.scan().files if _contains(source.absolute, needle.encode())}
    if not paths:
        return []
    with library.index() as index:
        infos = [info for info in index.articles() if info.path in paths]
    return [info for info in infos if (article := corpus.find(info)) and needle in article.text.lower()]


def _contains(path: Path, needle: bytes) -> bool:
    try:
        return needle in path.read_bytes().lower()
    except OSError:  # deleted since the scan
        return False


def _match(article: Article, alignment: Alignment) -> ExcerptMatch:
    start, end = _with_punctuation(article.text, *span_of(article.text, alignment.first, alignment.last))
    return ExcerptMatch(
        article=article.info,
        start=start,
        end=end,
        line=line_at(article.text, start),
        section=_section_at(article, start),
        quote=article.text[start:end],
        similarity=alignment.similarity,
        exact=alignment.similarity == 1.0,
    )


def _section_at(article: Article, offset: int) -> str | None:
    """The heading above an offset: in a PDF file, its page."""
    before = [heading for heading in article.headings if heading.start <= offset]
    return article.text[before[-1].start : before[-1].end] if before else None


def _with_punctuation(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the opening quotation marks before it and the closing punctuation after it."""
    while start > 0 and text[start - 1] in "“‘«\"'([":
        start -= 1
    while end < len(text) and text[end] in ".,;:!?…%”’»\"')]":
        end += 1
    return start, end
