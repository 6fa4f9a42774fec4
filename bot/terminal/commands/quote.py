"""`quote`: where a pasted text comes from."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bot.errors import BotError
from bot.rendering.text_rendering import sanitize_line
from bot.terminal.commands import options

if TYPE_CHECKING:
    from bot.checking.excerpt_search import ExcerptMatch
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

    from bot.checking.excerpt_search import find_excerpt, match_json
    from bot.terminal.commands.output import print_json
    from bot.terminal.initial_sync import sync_first

    assistant = options.open_assistant(context)
    if options.wants_sync(context):
        asyncio.run(sync_first(assistant))
    if as_jsonl:
        _quote_rows(assistant.library, limit)
        return
    if text in (None, "-"):
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    finds = find_excerpt(assistant.library, text or "", limit)
    if as_json:
        print_json({"text": text, "found": [match_json(find) for find in finds]})
    else:
        for find in finds:
            click.echo(_find_line(find))
    if not finds:
        raise NotHere("This text is not in these articles.")


def _quote_rows(library: Library, limit: int) -> None:
    """A row for each row that was read; a broken one is named, and the others go on."""
    from bot.checking.excerpt_search import find_excerpt, match_json
    from bot.terminal.commands.output import as_json_text, note, print_row

    failed = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        name: object = None
        try:
            name, text = _row(line, number)
            print_row(
                {"id": name, "found": [match_json(find) for find in find_excerpt(library, text, limit)]}
            )
        except BotError as error:
            note(as_json_text({"line": number, "id": name, "error": str(error)}))
            failed += 1
    if failed:
        raise BotError(f"{failed} {'row' if failed == 1 else 'rows'} could not be looked up.")


def _row(line: bytes, number: int) -> tuple[object, str]:
    """The id (else the line's number) and the text of a row. Raises BotError."""
    import json

    try:
        row = json.loads(line)
        return row.get("id", number), str(row["text"])
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise BotError('This line is no JSON object such as {"id": "1", "text": "…"}.') from None


def _find_line(find: ExcerptMatch) -> str:
    from bot.rendering.text_rendering import article_line

    how = "word for word" if find.exact else f"{find.similarity:.0%} alike"
    place = f"{article_line(find.article)} · {find.article.path}:{find.line}"
    url = f" · {find.article.url}" if find.article.url else ""
    return f"{sanitize_line(place + url)} ({how})\n    {sanitize_line(find.quote)}"
