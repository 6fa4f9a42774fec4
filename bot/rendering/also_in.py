"""Who else has a found passage: reprints and copies, and the earlier versions of its article."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer import Citation
from retrieval.article import ArticleInfo
from retrieval.hit import Hit

_NAMED = 4  # articles of each sort that are named


def also_in_text(hit: Hit) -> str:
    """One line, "" when nobody has: "also in The Ledger (2021-03-19); earlier version of 2021-03-18"."""
    copies = [publisher_or_site(info) for info in hit.also_in if info.id not in hit.earlier]
    earlier = [info.date or info.title for info in hit.also_in if info.id in hit.earlier]
    parts = (("also in ", copies), ("earlier version of ", earlier))
    return "; ".join(f"{words}{_listed(names)}" for words, names in parts if names)


def also_in_articles(citation: Citation, hits: Sequence[Hit]) -> str:
    """The same for a citation of a passage that is among *hits*."""
    return next((also_in_text(hit) for hit in hits if _holds(hit, citation)), "")


def _holds(hit: Hit, citation: Citation) -> bool:
    passage = hit.passage
    same = passage.article.id == citation.article.id
    return same and passage.start <= citation.start and citation.end <= passage.end


def publisher_or_site(info: ArticleInfo) -> str:
    """Who says it, and when: "The Kestrel Wire (2021-03-18)"; the title where no publisher is known."""
    name = info.publisher or f"“{info.title}”"
    return f"{name} ({info.date})" if info.date else name


def _listed(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more
