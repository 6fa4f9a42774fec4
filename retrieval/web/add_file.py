"""Adds a file that is not in the corpus yet: copies it unchanged, after a try to read it."""

from __future__ import annotations

from pathlib import Path

from retrieval.errors import ReadError, RetrievalError
from retrieval.reading.corpus import Corpus
from retrieval.web.add_url import Added, failure
from retrieval.web.saved_article import write_file


def add_file(source: Path, folder: Path) -> Added:
    """Copy *source* to *folder*; if a file there has its name and other content, the copy gets a number."""
    try:
        if not source.exists():
            raise ReadError("It does not exist.")
        if source.is_dir():
            raise ReadError("It is a folder: add its files, or name it with --corpus.")
        corpus = Corpus([source])
        for file in corpus.scan().files:
            corpus.read(file)
        data = source.read_bytes()
        target, number = folder / source.name, 1
        while target.exists() and target.read_bytes() != data:
            number += 1
            target = folder / f"{source.stem}-{number}{source.suffix}"
        write_file(target, data)
    except OSError as error:
        return Added(failed=(failure(str(source), ReadError(f"It cannot be read: {error.strerror}.")),))
    except RetrievalError as error:
        return Added(failed=(failure(str(source), error),))
    return Added((target,))
