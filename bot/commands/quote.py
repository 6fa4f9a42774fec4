"""`quote`: where a pasted text comes from."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bot.commands import options
from bot.errors import BotError

if TYPE_CHECKING:
    from bot.quote import Find
    from retrieval.library import Library


class NotHere(BotError):
    """No article holds the text."""


@click.command(short_help="Find where a pasted text comes from.")
@click.argument("text", required=False)
@click.option("--jsonl", "as_jsonl", is_flag=True, help='Read rows {"id", "text"} from standard input.')
@click.option(
    "-k", "limit", type=click.IntRange(1, 100), default=5, show_default=True, help="How many places."
)
@options.as_json
@options.no_sync
@options.shared
@click.pass_context
def quote(context: click.Context, text: str | None, as_jsonl: bool, limit: int, as_json: bool) -> None:
    """Find the articles that say TEXT, word for word or nearly so. Exit code 1 when none does.

    Without TEXT, or with "-", it is read from standard input.
    """
    import asyncio

    from bot.commands.output import print_json
    from bot.quote import find_json, find_quote
    from bot.startup import sync_first

    assistant = options.open_assistant(context)
    if options.wants_sync(context):
        asyncio.run(sync_first(assistant))
    if as_jsonl:
        _quote_rows(assistant.library, limit)
        return
    if text in (None, "-"):
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    finds = find_quote(assistant.library, text or "", limit)
    if as_json:
        print_json({"text": text, "found": [find_json(find) for find in finds]})
    else:
        for find in finds:
            click.echo(_find_line(find))
    if not finds:
        raise NotHere("This text is not in these articles.")


def _quote_rows(library: Library, limit: int) -> None:
    import json

    from bot.commands.output import print_row
    from bot.quote import find_json, find_quote

    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            name, text = row.get("id", number), str(row["text"])
        except (ValueError, KeyError, AttributeError) as error:
            raise BotError(f'Line {number} is no row {{"id", "text"}}: {error!r}.') from error
        print_row({"id": name, "found": [find_json(find) for find in find_quote(library, text, limit)]})


def _find_line(find: Find) -> str:
    from bot.render import article_line, one_line

    how = "word for word" if find.exact else f"{find.similarity:.0%} alike"
    place = f"{article_line(find.article)} · {find.article.path}:{find.line}"
    url = f" · {find.article.url}" if find.article.url else ""
    return f"{one_line(place + url)} ({how})\n    {one_line(find.quote)}"
