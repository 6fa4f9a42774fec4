"""Lists other articles with the same passage: reprints, copies and earlier versions."""

from __future__ import annotations

from collections.abc import Sequence

from bot.answer import Citation
from bot.localization import localized
from retrieval.article import ArticleInfo
from retrieval.hit import Hit

ALSO_IN, EARLIER = "also in {names}", "earlier version of {names}"
_MAX_LISTED = 4  # articles listed of each kind


def also_in_line(hit: Hit) -> str:
    """One line: "also in The Ledger (2021-03-19); earlier version of 2021-03-18"; "" when there are none."""
    copies = [publisher_with_date(info) for info in hit.also_in if info.id not in hit.earlier]
    earlier = [info.date or info.title for info in hit.also_in if info.id in hit.earlier]
    parts = ((ALSO_IN, copies), (EARLIER, earlier))
    return "; ".join(localized(text, names=_join_names(names)) for text, names in parts if names)


def also_in_line_for_citation(citation: Citation, hits: Sequence[Hit]) -> str:
    """The same for a citation, whose passage is looked up in *hits*."""
    return next((also_in_line(hit) for hit in hits if _contains(hit, citation)), "")


def _contains(hit: Hit, citation: Citation) -> bool:
    passage = hit.passage
    same_article = passage.article.id == citation.article.id
    return same_article and passage.start <= citation.start and citation.end <= passage.end


def publisher_with_date(info: ArticleInfo) -> str:
    """Publisher and date: "The Kestrel Wire (2021-03-18)"; the title if the publisher is unknown."""
    name = info.publisher or f"“{info.title}”"
    return f"{name} ({info.date})" if info.date else name


def _join_names(names: Sequence[str]) -> str:
    names = list(dict.fromkeys(names))
    more = f" and {len(names) - _MAX_LISTED} more" if len(names) > _MAX_LISTED else ""
    return ", ".join(names[:_MAX_LISTED]) + more
