"""`quote`: find the source of a quotation."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from bot.errors import BotError
from bot.rendering.sanitize import sanitize_line
from bot.terminal.commands import options

if TYPE_CHECKING:
    from bot.checking.excerpt_search import ExcerptMatch
    from retrieval.library import Library


class QuoteNotFound(BotError):
    """No article contains the text."""


@click.command(short_help="Find the source of a quotation.")
@click.argument("text", required=False)
@click.option(
    "--jsonl",
    "as_jsonl",
    is_flag=True,
    help='Read JSON Lines {"id", "text"} from stdin; print one result per line.',
)
@click.option(
    "-k",
    "limit",
    metavar="N",
    type=click.IntRange(1, 100),
    default=5,
    show_default=True,
    help="Maximum number of matches.",
)
@options.as_json
@options.no_sync
@options.shared
@click.pass_context
def quote(context: click.Context, text: str | None, as_jsonl: bool, limit: int, as_json: bool) -> None:
    """Find the articles that contain TEXT, exactly or nearly. Exits with code 1 if there are none.

    Without TEXT, or with "-", the text is read from stdin.
    """
    import asyncio

    from bot.checking.excerpt_search import find_excerpt, match_json
    from bot.terminal.commands.output import print_json
    from bot.terminal.initial_sync import prepare_index

    assistant = options.open_assistant(context)
    asyncio.run(prepare_index(assistant, options.wants_sync(context)))
    if as_jsonl:
        _quote_rows(assistant.library, limit)
        return
    if text in (None, "-"):
        text = sys.stdin.buffer.read().decode("utf-8", "replace")
    matches = find_excerpt(assistant.library, text or "", limit)
    if as_json:
        print_json({"text": text, "found": [match_json(match) for match in matches]})
    else:
        for match in matches:
            click.echo(_match_lines(match))
    if not matches:
        raise QuoteNotFound("Not found in the articles.")


def _quote_rows(library: Library, limit: int) -> None:
    """Print one result for each line of stdin. Invalid lines are reported and do not stop the others."""
    from bot.checking.excerpt_search import find_excerpt, match_json
    from bot.terminal.commands.output import as_json_text, print_note, print_row

    failed = 0
    for number, line in enumerate(sys.stdin.buffer, 1):
        if not line.strip():
            continue
        row_id: object = None
        try:
            row_id, text = _parse_row(line, number)
            matches = find_excerpt(library, text, limit)
            print_row({"id": row_id, "found": [match_json(match) for match in matches]})
        except BotError as error:
            print_note(as_json_text({"line": number, "id": row_id, "error": str(error)}))
            failed += 1
    if failed:
        raise BotError(f"{failed} {'row' if failed == 1 else 'rows'} failed.")


def _parse_row(line: bytes, number: int) -> tuple[object, str]:
    """The id (default: the line number) and the text of a row. Raises BotError."""
    import json

    try:
        row = json.loads(line)
        return row.get("id", number), str(row["text"])
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise BotError('Expected a JSON object such as {"id": "1", "text": "…"}.') from None


def _match_lines(match: ExcerptMatch) -> str:
    from bot.rendering.text_rendering import article_line
    from retrieval.passage import place_of

    similarity = "exact match" if match.exact else f"{match.similarity:.0%} similar"
    source = f"{article_line(match.article)} · {place_of(match.article.path, match.line, match.section)}"
    url = f" · {match.article.url}" if match.article.url else ""
    return f"{sanitize_line(source + url)} ({similarity})\n    {sanitize_line(match.quote)}"
