"""The options of a command that select articles: checked, and combined with the server's settings."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.discord.handlers.dispatcher import Refused
from bot.discord.posts.escape_markdown import escape_for_discord, plain_for_discord
from bot.localization import localized
from retrieval.article import ArticleInfo
from retrieval.hit import Filters
from retrieval.path_glob import matches_path
from retrieval.search.day_arithmetic import month_days
from retrieval.tags import count_tags, folded_tag

_MIN_SIMILARITY = 0.5  # of a publisher or tag to be suggested


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The publishers and tags of some articles, those with most articles first."""

    publishers: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


def known_names(infos: Iterable[ArticleInfo]) -> KnownNames:
    """The publishers and tags of some articles."""
    articles = list(infos)
    publishers = Counter(info.publisher for info in articles if info.publisher)
    tags = count_tags(info.tags for info in articles)
    return KnownNames(tuple(name for name, _ in publishers.most_common()), tuple(tag for tag, _ in tags))


def filters_from(
    since: str | None = None,
    until: str | None = None,
    publisher: str | None = None,
    path: str | None = None,
    tag: str | None = None,
    *,
    known: KnownNames | None = None,
    within: Filters | None = None,
) -> Filters:
    """The options as filters; names that are not *known* are wrong. Raises Refused, which says what is."""
    first = _days("since", since)[0] if since else None
    last = _days("until", until)[1] if until else None
    if first and last and first > last:
        raise Refused(localized("`since` ({since}) is after `until` ({until}).", since=since, until=until))
    if publisher and known and known.publishers:
        problem = localized("I know no publisher “{name}”.", name=_plain(publisher))
        _check_name(problem, publisher, known.publishers)
    if tag and known:
        problem = localized("No article has the tag “{name}”.", name=_plain(tag))
        _check_name(problem, folded_tag(tag), known.tags)
    return Filters(
        first,
        last,
        publishers=(publisher,) if publisher else (),
        paths=(path,) if path else (),
        tags=(tag,) if tag else (),
        within=within,
    )


def check_path(path: str, articles: Sequence[ArticleInfo]) -> None:
    """Raises Refused if no article has the path."""
    if not any(matches_path(info.path, (path,)) for info in articles):
        shown = plain_for_discord(escape_for_discord(path))
        raise Refused(localized("No article is in the folder “{path}” here.", path=shown))


def _check_name(problem: str, name: str, known: Sequence[str]) -> None:
    """Raises Refused with the problem and the nearest known name if *name* is not known."""
    folded = {candidate.casefold(): candidate for candidate in known}
    if name.casefold() in folded:
        return
    containing = [candidate for candidate in folded if name.casefold() in candidate]
    similar = containing or difflib.get_close_matches(name.casefold(), folded, 1, _MIN_SIMILARITY)
    if similar:
        problem += " " + localized("Do you mean “{name}”?", name=_plain(folded[similar[0]]))
    raise Refused(problem)


def _plain(name: str) -> str:
    return plain_for_discord(escape_for_discord(name))


def _days(name: str, text: str) -> tuple[date, date]:
    """The first and the last day of a typed day, month or year. Raises Refused."""
    try:
        numbers = [int(part) for part in text.strip().split("-")]
        if len(numbers) == 3:
            return (date(numbers[0], numbers[1], numbers[2]),) * 2
        year, month, months = (numbers[0], 1, 12) if len(numbers) == 1 else (numbers[0], numbers[1], 1)
        return date(year, month, 1), month_days(year, month, months)[1]
    except (IndexError, ValueError):
        problem = "`{name}` must be a day (2021-03-18), a month (2021-03) or a year (2021)."
        raise Refused(localized(problem, name=name)) from None
