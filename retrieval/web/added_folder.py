"""The folders of a corpus in which added articles are saved."""

from __future__ import annotations

from pathlib import Path

from retrieval.reading.corpus import Corpus

ADDED = "added"  # in the first folder of the corpus
ADDED_ON_DISCORD = "added-on-discord"  # the same, with a folder for each server


def first_folder(corpus: Corpus) -> Path | None:
    """The first folder of a corpus; None if it consists of files."""
    return next((root for root in corpus.roots if root.is_dir()), None)
