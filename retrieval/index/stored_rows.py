"""Converts passages to rows of the vector store, with flat metadata for filters, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, cast

from retrieval.article import ArticleInfo
from retrieval.passage import Passage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TEXT = "text"  # metadata: the text of a passage without a document
INFO_COLUMNS = tuple(field.name for field in fields(ArticleInfo))
_TAG_SEPARATOR = "\n"


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A row of the vector store; ``vector`` (dimension,) has length 1."""

    id: str
    passage: Passage
    vector: NDArray[np.float32]


def info_values(info: ArticleInfo) -> tuple[str | None, ...]:
    """The values of an article's metadata for a database, in the order of INFO_COLUMNS."""
    values = (getattr(info, name) for name in INFO_COLUMNS[:-1])
    return (*values, _TAG_SEPARATOR.join(info.tags) or None)


def info_of(values: Sequence[object]) -> ArticleInfo:
    """The metadata with these values, in the order of INFO_COLUMNS."""
    info = ArticleInfo(*values[:-1])  # type: ignore[arg-type]
    return replace(info, tags=tuple(str(values[-1]).split(_TAG_SEPARATOR))) if values[-1] else info


def metadata_of(passage: Passage) -> dict[str, str | int]:
    """The fields of a passage except its text; unknown values are left out."""
    names = (f"article_{name}" for name in INFO_COLUMNS)
    row: dict[str, str | int | None] = dict(zip(names, info_values(passage.article), strict=True))
    row |= {"start": passage.start, "end": passage.end, "line": passage.line, "section": passage.section}
    row["sentences"] = json.dumps(passage.sentences, separators=(",", ":"))
    return {name: value for name, value in row.items() if value is not None}


def passage_of(document: str | None, metadata: Mapping[str, object]) -> Passage:
    """The passage of a row, whose text is its document or in its metadata; other metadata is ignored."""
    text = str(metadata[TEXT]) if document is None else document
    info = info_of([metadata.get(f"article_{name}") for name in INFO_COLUMNS])
    spans = tuple((first, last) for first, last in json.loads(str(metadata["sentences"])))
    section = metadata.get("section")
    start, end, line = (cast("int", metadata[name]) for name in ("start", "end", "line"))
    return Passage(info, text, start, end, line, None if section is None else str(section), spans)
