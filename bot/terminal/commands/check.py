"""`check`: judge the sentences of a text by the articles."""

from __future__ import annotations

import asyncio
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.errors import BotError
from bot.rendering.sanitize import sanitize_line
from bot.terminal.commands import options

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from bot.assistant import Assistant
    from bot.claim_check import CheckedText

PLAIN_TEXT = {"", ".txt", ".text", ".md", ".markdown"}
_FILE_NAME = re.compile(r"\S*[/\\]\S*|\S+\.[A-Za-z]\w{0,7}")  # one word with a slash or a suffix


class SentencesContradicted(BotError):
    """The articles say otherwise."""


def _complete_file(_: click.Context, __: click.Parameter, typed: str) -> list[CompletionItem]:
    from click.shell_completion import CompletionItem

    return [CompletionItem(typed, type="file")]


@click.command(short_help="Check the sentences of a text against the articles.")
@click.argument("text", required=False, metavar="[TEXT|FILE|-]", shell_complete=_complete_file)
@options.as_json
@options.no_sync
@options.shared
@click.pass_context
def check(context: click.Context, text: str | None, as_json: bool) -> None:
    """Check each sentence of TEXT, of a FILE, or of stdin ("-" or nothing) against the articles.

    With a model, a sentence is supported, contradicted, not in the articles, or makes no claim. Without a
    model nothing is confirmed: each sentence is shown with the closest quote and the words that differ.

    Exits with code 1 if a sentence is contradicted.
    """
    from bot.terminal.claim_lines import claim_lines, contradicted_text

    given = _read(text)
    checked = asyncio.run(_check(options.open_assistant(context), given, options.wants_sync(context)))
    if as_json:
        from bot.claim_check import checked_json
        from bot.terminal.commands.output import print_json

        print_json(checked_json(checked))
    else:
        click.echo("\n".join(claim_lines(checked)))
    if message := contradicted_text(checked):
        raise SentencesContradicted(message)


async def _check(assistant: Assistant, text: str, sync: bool) -> CheckedText:
    from bot.claim_check import check_text
    from bot.terminal.initial_sync import prepare_index
    from bot.terminal.screen import Screen

    await prepare_index(assistant, sync)
    with Screen().waiting("Checking…"):
        return await check_text(assistant, text)


def _read(text: str | None) -> str:
    """The text to check: the argument itself, the file that it names, or stdin."""
    if text is None and sys.stdin.isatty():
        raise click.UsageError('Missing TEXT. Example: footnote check "Orchardia was fined in Valmere."')
    if text in (None, "-"):
        given = sys.stdin.buffer.read().decode("utf-8", "replace")
    else:
        assert text is not None
        if _FILE_NAME.fullmatch(text) and not _is_file(text):
            raise BotError(f"There is no file {sanitize_line(text)}.", "Pass a text, a file, or - for stdin.")
        given = _file_text(Path(text)) if _is_file(text) else text
    if not any(map(str.isalnum, given)):
        raise BotError("There is no text to check.", "Pass a text, a file, or - for stdin.")
    return given


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # a text can be too long for a path
        return False


def _file_text(path: Path) -> str:
    """The text of a file; formats such as PDF and HTML are read like articles. Raises RetrievalError."""
    if path.suffix.lower() in PLAIN_TEXT:
        return path.read_bytes().decode("utf-8-sig", "replace")
    from retrieval.errors import CorpusError
    from retrieval.reading.corpus import Corpus

    corpus = Corpus([path])
    try:
        sources = corpus.scan().files
    except CorpusError as error:
        raise BotError(str(error), "Pass a text file, or a format that `footnote read` can parse.") from None
    return "\n\n".join(article.body for source in sources for article in corpus.read(source))
