"""What the index has of added articles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from retrieval.web.added_folder import ADDED_ON_DISCORD

if TYPE_CHECKING:
    from bot.discord.additions.addition_store import Addition
    from retrieval.article import ArticleInfo
    from retrieval.library import Library


@dataclass(frozen=True, slots=True)
class AdditionState:
    """Titles and the number of passages in the index, and what was not read, as reasons."""

    addition: Addition
    titles: tuple[str, ...] = ()
    passages: int = 0
    problems: tuple[str, ...] = ()


def addition_states(library: Library, additions: Sequence[Addition]) -> list[AdditionState]:
    """The states of some additions, in their order; blocks on the disk. Raises RetrievalError."""
    with library.index() as index:
        infos: defaultdict[str, list[ArticleInfo]] = defaultdict(list)
        for info in index.articles():
            infos[_own_path(info.path)].append(info)
        files = {_own_path(path): state for path, state in index.file_states().items()}
        states = []
        for addition in additions:
            paths = [f"{addition.server}/{path}" for path in addition.paths]
            found = [info for path in paths for info in infos[path]]
            read = [files[path] for path in paths if path in files]
            reasons = [part for state in read for part in (state.reason, *state.omitted) if part]
            passages = sum(len(index.article_passages(info.id)) for info in found)
            titles = tuple(info.title or addition.source for info in found)
            states.append(AdditionState(addition, titles, passages, tuple(reasons)))
    return states


def articles_by_server(infos: Iterable[ArticleInfo]) -> dict[int, list[ArticleInfo]]:
    """The articles by the server that added them; 0: of the corpus itself."""
    found: defaultdict[int, list[ArticleInfo]] = defaultdict(list)
    for info in infos:
        server = _own_path(info.path).partition("/")[0]
        found[int(server) if server.isdecimal() else 0].append(info)
    return dict(found)


def _own_path(path: str) -> str:
    """The path of an added file below the folders of the servers; "" for other files."""
    return f"/{path}".partition(f"/{ADDED_ON_DISCORD}/")[2]
