"""`article` and `read`: show an indexed article, or parse files without an index."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.errors import BotError
from bot.rendering.sanitize import sanitize, sanitize_line
from bot.rendering.text_rendering import excerpt
from bot.terminal.commands import options
from retrieval.errors import ReadError, RetrievalError
from retrieval.index.file_state import ReadFailure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.terminal.commands.output import Row
    from retrieval.article import Article
    from retrieval.reading.corpus import Corpus, SourceFile


class ArticleMissing(BotError):
    """There is no article with this id."""

    help = "Run `footnote articles` to list articles with their ids."


@click.command(short_help="Show one article.")
@click.argument("id")
@click.option("--text", "as_text", is_flag=True, help="Print the exact text that citation offsets refer to.")
@click.option("--why", is_flag=True, help="Show which lines are not indexed, and why.")
@options.as_json
@options.shared
@click.pass_context
def article(context: click.Context, id: str, as_text: bool, why: bool, as_json: bool) -> None:
    """Show the article with this ID, as listed by `footnote articles` or in JSON output."""
    from bot.terminal.commands.output import print_json

    found = options.open_assistant(context).library.article(id)
    if found is None:
        raise ArticleMissing(f"No article {id!r} in the index, or its file was deleted.")
    if as_text:
        _print_exactly(found.text)
    elif as_json:
        print_json({**article_row(found, found.info.path), "id": found.info.id, "text": found.text})
    elif why:
        _echo(dropped_lines(found))
    else:
        _echo(article_lines(found))


@click.command(short_help="Parse files as articles, without an index.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--jsonl", "--json", "as_jsonl", is_flag=True, help="Print one JSON object per line for each article."
)
@options.shared
@click.pass_context
def read(context: click.Context, files: tuple[Path, ...], as_jsonl: bool) -> None:
    """Parse FILEs or folders as articles and show what would be indexed. No index is needed.

    Files and parts of files that are not read are reported at the end; --verbose lists them all.
    """
    from bot.terminal.commands.output import print_note, print_row
    from bot.terminal.left_out import left_out_lines
    from retrieval.sync.sync_report import LeftOut

    failed, skipped, omitted = 0, Skipped(), []
    for path, result in _read_all(files, skipped):
        if isinstance(result, Exception):
            failed += 1
            print_note(f"{path}: {_error_text(result)}")
            continue
        omitted += [ReadFailure(path, part) for part in result.omitted]
        if as_jsonl:
            print_row(article_row(result, path))
        else:
            _echo([*article_lines(result), ""])
    parts = tuple(dict.fromkeys(omitted))
    others = {name: tuple(paths) for name, paths in asdict(skipped).items()}
    left_out = LeftOut(omitted=parts, **others)
    for line in left_out_lines(left_out, limit=20, verbose=options.is_verbose(context)):
        print_note(line)
    if failed:
        raise BotError(f"{failed} {'file' if failed == 1 else 'files'} could not be read.")


@dataclass(frozen=True, slots=True)
class Skipped:
    """The files in the given folders that cannot contain articles, added while the folders are read."""

    unknown: list[str] = field(default_factory=list)
    temporary: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def _read_all(files: Sequence[Path], skipped: Skipped) -> Iterator[tuple[str, Article | Exception]]:
    """Each article with the path of its file, or the error of that file."""
    from retrieval.reading.corpus import Corpus

    for file in files:
        try:
            corpus = Corpus([file])
            scan = corpus.scan()
        except RetrievalError as error:
            yield str(file), error
            continue
        for part in fields(Skipped):
            paths = getattr(scan, part.name)
            getattr(skipped, part.name).extend(str(file / path) for path in paths)
        if file.is_file() and not scan.files:
            yield str(file), ReadError("This file type is not supported.")
        for source in scan.files:
            path = str(file / source.path) if file.is_dir() else str(file)
            for result in _read_one(corpus, source):
                yield path, result


def _error_text(error: Exception) -> str:
    return str(error) if isinstance(error, RetrievalError) else f"Cannot parse it ({type(error).__name__})."


def _read_one(corpus: Corpus, source: SourceFile) -> list[Article | Exception]:
    try:
        return [*corpus.read(source)]
    except ReadError as error:
        return [*error.articles, error]
    except Exception as error:  # a parsing library failed unexpectedly; continue with the other files
        return [error]


def article_row(article: Article, path: str) -> Row:
    """An article as `footnote read --jsonl` prints it; ``body`` is the text that would be indexed."""
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
        "tags": list(info.tags),
        "body": article.body,
        "dropped": [
            {"line": part.line, "text": article.text[part.start : part.end], "reason": part.reason}
            for part in article.dropped
        ],
        "omitted": list(article.omitted),
    }


def article_lines(article: Article) -> list[str]:
    """An article as text: its metadata, then its sanitized text."""
    info = article.info
    metadata = (
        ("Publisher", info.publisher),
        ("Author", info.author),
        ("Published", info.published),
        ("Updated", info.updated),
        ("Link", info.url),
        ("Language", info.language),
        ("Tags", ", ".join(info.tags)),
        ("File", info.path),
        ("Id", info.id if info.id != info.path else None),
    )
    rows = [f"{name:9}  {sanitize_line(value)}" for name, value in metadata if value]
    return [sanitize_line(info.title or info.id), *rows, "", sanitize(article.text).strip()]


def dropped_lines(article: Article) -> list[str]:
    """The parts of an article that are not indexed: line, reason, excerpt."""
    if not article.dropped:
        return ["The whole article is indexed."]
    return [
        f"line {part.line:>4}  {sanitize_line(part.reason)}: "
        + excerpt(article.text[part.start : part.end], 100)
        for part in article.dropped
    ]


def _echo(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)


def _print_exactly(text: str) -> None:
    """Print the text byte for byte to a pipe or file; sanitized to a terminal."""
    if sys.stdout.isatty():
        click.echo(sanitize(text), nl=False)
    else:
        sys.stdout.buffer.write(text.encode("utf-8", "surrogatepass"))
        sys.stdout.buffer.flush()
