"""`article` and `read`: one article of the index, or files as they would be read, without an index."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.errors import BotError
from bot.rendering.text_rendering import excerpt, sanitize, sanitize_line
from bot.terminal.commands import options
from retrieval.errors import ReadError, RetrievalError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.terminal.commands.output import Row
    from retrieval.article import Article
    from retrieval.reading.corpus import Corpus, SourceFile


class ArticleMissing(BotError):
    """No article has this id."""

    help = "`footnote articles` lists them with their ids."


@click.command(short_help="Show one article, its exact text, or what of it is not indexed.")
@click.argument("id")
@click.option("--text", "as_text", is_flag=True, help="Print the text exactly as citations count it.")
@click.option("--why", is_flag=True, help="Show what is not indexed, line by line, and why.")
@options.as_json
@options.shared
@click.pass_context
def article(context: click.Context, id: str, as_text: bool, why: bool, as_json: bool) -> None:
    """Show the article with this ID (of `footnote articles`, or of an answer's JSON)."""
    from bot.terminal.commands.output import print_json

    found = options.open_assistant(context).library.article(id)
    if found is None:
        raise ArticleMissing(f"There is no article {id!r} in the index, or its file is gone.")
    if as_text:
        _print_exactly(found.text)
    elif as_json:
        print_json({**read_row(found, found.info.path), "id": found.info.id, "text": found.text})
    elif why:
        _echo(why_lines(found))
    else:
        _echo(article_lines(found))


@click.command(short_help="Read files as articles, without an index.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--jsonl", "--json", "as_jsonl", is_flag=True, help="Print one line of JSON for each article.")
@options.shared
def read(files: tuple[Path, ...], as_jsonl: bool) -> None:
    """Read FILEs (or folders) as articles, without an index, and show what would be indexed."""
    from bot.terminal.commands.output import note, print_row

    failed = 0
    for path, outcome in _read_all(files):
        if isinstance(outcome, Exception):
            failed += 1
            note(sanitize(f"{path}: {_sentence(outcome)}"))
        elif as_jsonl:
            print_row(read_row(outcome, path))
        else:
            _echo([*article_lines(outcome), ""])
    if failed:
        raise BotError(f"{failed} {'file' if failed == 1 else 'files'} could not be read.")


def _read_all(files: Sequence[Path]) -> Iterator[tuple[str, Article | Exception]]:
    """Each article with the path of its file, or what is wrong with that file."""
    from retrieval.reading.corpus import Corpus

    for file in files:
        try:
            corpus = Corpus([file])
            scan = corpus.scan()
        except RetrievalError as error:
            yield str(file), error
            continue
        if file.is_file() and not scan.files:
            yield str(file), ReadError("This is no kind of file that Footnote reads.")
        for source in scan.files:
            path = str(file / source.path) if file.is_dir() else str(file)
            for outcome in _read_one(corpus, source):
                yield path, outcome


def _sentence(error: Exception) -> str:
    known = isinstance(error, RetrievalError)
    return str(error) if known else f"It cannot be read ({type(error).__name__})."


def _read_one(corpus: Corpus, source: SourceFile) -> list[Article | Exception]:
    try:
        return [*corpus.read(source)]
    except ReadError as error:
        return [*error.articles, error]
    except Exception as error:  # a parser of some library gave up in its own way; the other files go on
        return [error]


def read_row(article: Article, path: str) -> Row:
    """An article as `footnote read --jsonl` prints it; ``body`` is what would be indexed."""
    info = article.info
    return {
        "path": path,
        "title": info.title,
        "publisher": info.publisher,
        "author": info.author,
        "published": info.published,
        "updated": info.updated,
        "url": info.url,
        "language": info.language,
        "body": article.body,
        "dropped": [
            {"line": each.line, "text": article.text[each.start : each.end], "reason": each.reason}
            for each in article.dropped
        ],
    }


def article_lines(article: Article) -> list[str]:
    """An article for a person: what is known about it, then its text as read."""
    info = article.info
    known = (
        ("Publisher", info.publisher),
        ("Author", info.author),
        ("Published", info.published),
        ("Updated", info.updated),
        ("Link", info.url),
        ("Language", info.language),
        ("File", info.path),
        ("Id", info.id if info.id != info.path else None),
    )
    rows = [f"{name:9}  {sanitize_line(value)}" for name, value in known if value]
    return [sanitize_line(info.title or info.id), *rows, "", sanitize(article.text).strip()]


def why_lines(article: Article) -> list[str]:
    """What of an article is not indexed: line, reason, words."""
    if not article.dropped:
        return ["All of this article is indexed."]
    return [
        f"line {part.line:>4}  {sanitize_line(part.reason)}: "
        + excerpt(article.text[part.start : part.end], 100)
        for part in article.dropped
    ]


def _echo(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)


def _print_exactly(text: str) -> None:
    """The text byte for byte on a pipe or into a file; in a terminal without what would command it."""
    if sys.stdout.isatty():
        click.echo(sanitize(text), nl=False)
    else:
        sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
        sys.stdout.buffer.flush()
