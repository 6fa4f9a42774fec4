"""Chooses the title of a page's article, not that of its site."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from retrieval.reading.document.document import tidy
from retrieval.reading.document.element_tree import Element
from retrieval.reading.metadata.title import is_generic_title

_SEPARATOR = re.compile(r"\s+(?:[|–—·•»-]|::)\s+")
_MAX_PARTS = 12  # of a <title>


def piece_title(
    tree: Element, stated: Iterable[str | None], publisher: str | None, host: str | None
) -> str | None:
    """The first of the *stated* titles, the headings and the <title> that does not name the site.

    A site's name at the end of a title is removed if it is the publisher, the host, or not in the heading.
    """
    headings = [words for element in tree.iter("h1") if (words := tidy("".join(element.itertext())))]
    page_title = next((tidy("".join(element.itertext())) for element in tree.iter("title")), None)
    sites = {_key(name) for name in (publisher, *_host_names(host)) if name}
    candidates = [*stated, *_main_heading(headings, page_title), page_title, *_second_headings(tree)]
    for candidate in candidates:
        title = _without_site(candidate, sites, headings) if candidate else None
        if title and _key(title) not in sites and not is_generic_title(title):
            return title
    return None


def _main_heading(headings: list[str], page_title: str | None) -> Iterator[str]:
    """The only <h1>, or of several the longest that starts the <title>: others are logos and sections."""
    if len(set(headings)) == 1:
        yield headings[0]
    title = (page_title or "").casefold()
    in_title = [words for words in headings if title.startswith(words.casefold())]
    if len(set(headings)) > 1 and in_title:
        yield max(in_title, key=len)


def _second_headings(tree: Element) -> Iterator[str]:
    for element in tree.iter("h2"):
        words = tidy("".join(element.itertext()))
        if words:
            yield words
            return


def _without_site(title: str, sites: set[str], headings: list[str]) -> str:
    """ "Title | The Example Times" -> "Title", if the rest is the site, or the title alone is a heading."""
    cuts = list(_SEPARATOR.finditer(title))[:_MAX_PARTS]
    heading_keys = {_key(words) for words in headings}
    for cut in reversed(cuts):
        head, tail = title[: cut.start()], title[cut.end() :]
        if head and (_key(tail) in sites or _key(head) in heading_keys):
            return head
        if tail and _key(head) in sites and len(cuts) == 1:
            return tail
    return title


def _host_names(host: str | None) -> Iterator[str]:
    """ "www.ellimpost.example" -> the host and "ellimpost"."""
    if host:
        name = host.removeprefix("www.")
        yield name
        yield name.partition(".")[0]


def _key(words: str) -> str:
    return "".join(re.findall(r"\w+", words.casefold()))
