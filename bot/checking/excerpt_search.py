"""Where a pasted excerpt comes from: the articles that say it, exactly or in nearly the same words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from bot.answer import article_json
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

LONGEST_EXCERPT = 1_500  # words; aligning takes time in proportion
_SEARCHED_WORDS = 150  # of the excerpt, for finding the passages that may hold it
_PASSAGES = 24  # looked at
_ARTICLES = 6  # aligned at most, those whose passages share most with the excerpt
_SHARE_OF_BEST = 0.75  # of the words and pairs that the best article shares: who has fewer is not aligned
_SURE = 0.85  # similarity below which the files themselves are searched for the very words
_PLAIN = re.compile(r"[A-Za-z0-9 ,.;:()-]+")  # written the same in all encodings, in HTML and in JSON
_LEAST_NEEDLE = 16  # characters
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))


@dataclass(frozen=True, slots=True)
class ExcerptMatch:
    """A place that an excerpt may come from: ``article_text[start:end] == quote``, as the article is now.

    ``similarity`` is 1 - edits / words of the excerpt; ``exact`` when all words are there in their order,
    whatever the punctuation, the case and the white space.
    """

    article: ArticleInfo
    start: int
    end: int
    line: int
    quote: str
    similarity: float
    exact: bool


def find_excerpt(library: Library, excerpt: str, limit: int = 5) -> Sequence[ExcerptMatch]:
    """The places where *excerpt* stands, the most similar first, of equals the earliest published.

    Empty when it is not in this corpus. Raises QuestionInvalid and RetrievalError.
    """
    keys = _keys(excerpt)
    with library.index() as index:
        candidates = _candidates(index, excerpt, _traits(keys))
        aligned = [(align(keys, keys_of_passages(passages)), info) for info, passages in candidates]
    likely = [info for place, info in aligned if place.similarity >= threshold(len(keys))]
    finds = _looked_up(library.corpus, keys, likely)
    # Headlines and lines left out of the index stand in no passage: those articles are read whole.
    if not finds:
        finds = _looked_up(library.corpus, keys, [info for _, info in aligned[:2]])
    if max((find.similarity for find in finds), default=0.0) < _SURE:
        known = {find.article.id for find in finds}
        others = [info for info in _grepped(library, excerpt) if info.id not in known]
        finds += _looked_up(library.corpus, keys, others)
    finds.sort(key=lambda find: (-find.similarity, find.article.date or "9999", find.article.id))
    return finds[:limit]


def threshold(words: int) -> float:
    """The least similarity of a find. The shorter an excerpt, the likelier it is met by chance."""
    return 0.65 if words >= 12 else 0.8 if words >= 6 else 1.0


def match_json(find: ExcerptMatch) -> dict[str, Any]:
    """One find as `footnote quote --json` shows it."""
    return {
        "article": article_json(find.article),
        "start": find.start,
        "end": find.end,
        "line": find.line,
        "quote": find.quote,
        "similarity": round(find.similarity, 4),
        "exact": find.exact,
    }


def _keys(excerpt: str) -> list[str]:
    cleaned = unicodedata.normalize("NFC", excerpt.translate(_INVISIBLE))
    keys = keys_of(cleaned)
    if not keys:
        raise QuestionInvalid("There are no words in that.", "Paste a sentence or two of an article.")
    if len(keys) > LONGEST_EXCERPT:
        raise QuestionInvalid(
            f"The excerpt has {len(keys):,} words; {LONGEST_EXCERPT:,} are the most that is looked for.",
            "Paste a sentence or two of it.",
        )
    return keys


def _traits(keys: Sequence[str]) -> frozenset[str | tuple[str, str]]:
    """Words and pairs of neighbours: any text in the language shares words, few share pairs."""
    return frozenset(keys).union(pairwise(keys))


def _candidates(
    index: Index, excerpt: str, traits: frozenset[str | tuple[str, str]]
) -> list[tuple[ArticleInfo, list[Passage]]]:
    """The articles whose passages share most with the excerpt, best first, each with all its passages."""
    from retrieval.text_analysis import content_stems

    ranked = index.lexical.search(content_stems(excerpt)[:_SEARCHED_WORDS], _PASSAGES)
    shared: dict[str, set[str | tuple[str, str]]] = {}
    infos: dict[str, ArticleInfo] = {}
    for passage in index.passages([name for name, _ in ranked]).values():
        infos[passage.article.id] = passage.article
        shared.setdefault(passage.article.id, set()).update(traits & _traits(keys_of(passage.text)))
    best = sorted(shared, key=lambda name: -len(shared[name]))[:_ARTICLES]
    least = _SHARE_OF_BEST * max(map(len, shared.values()), default=0)
    return [(infos[name], index.article_passages(name)) for name in best if len(shared[name]) >= least]


def keys_of_passages(passages: Iterable[Passage]) -> list[str]:
    """The words of an article's passages in order, sentences that two passages share counted once."""
    keys: list[str] = []
    end = 0
    for passage in sorted(passages, key=lambda passage: passage.start):
        keys += keys_of(passage.text[max(0, end - passage.start) :])
        end = max(end, passage.end)
    return keys


def _looked_up(corpus: Corpus, keys: Sequence[str], infos: Iterable[ArticleInfo]) -> list[ExcerptMatch]:
    """The finds in the articles as they are on disk now; what is not there any more is not found."""
    finds = []
    for info in infos:
        article = corpus.find(info)
        if article is not None:
            place = align(keys, keys_of(article.text))
            if place.similarity >= threshold(len(keys)):
                finds.append(_find(article, place))
    return finds


def _grepped(library: Library, excerpt: str) -> list[ArticleInfo]:
    """Articles that hold the longest plain stretch of the excerpt, byte for byte but for the case."""
    needle = max(_PLAIN.findall(excerpt), key=len, default="").strip().lower()
    if len(needle) < _LEAST_NEEDLE:
        return []
    corpus = library.corpus
    holding = {source.path for source in corpus.scan().files if _holds(source.absolute, needle.encode())}
    if not holding:
        return []
    with library.index() as index:
        infos = [info for info in index.articles() if info.path in holding]
    return [info for info in infos if (article := corpus.find(info)) and needle in article.text.lower()]


def _holds(path: Path, needle: bytes) -> bool:
    try:
        return needle in path.read_bytes().lower()
    except OSError:  # gone since the scan
        return False


def _find(article: Article, place: Alignment) -> ExcerptMatch:
    start, end = _with_marks(article.text, *span_of(article.text, place.first, place.last))
    return ExcerptMatch(
        article=article.info,
        start=start,
        end=end,
        line=line_at(article.text, start),
        quote=article.text[start:end],
        similarity=place.similarity,
        exact=place.similarity == 1.0,
    )


def _with_marks(text: str, start: int, end: int) -> tuple[int, int]:
    """The span with the quotation marks before it and the closing marks after it."""
    while start > 0 and text[start - 1] in "“‘«\"'([":
        start -= 1
    while end < len(text) and text[end] in ".,;:!?…%”’»\"')]":
        end += 1
    return start, end
