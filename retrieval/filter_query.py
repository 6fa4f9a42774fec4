"""Filters as a query of Tantivy: restricts the results of another query without changing its scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from retrieval.hit import Filters
from retrieval.path_glob import path_regex
from retrieval.tags import folded_tag

if TYPE_CHECKING:
    import tantivy

NO_DAY = 0  # for articles without a date


def filtered(query: tantivy.Query, filters: Filters, schema: tantivy.Schema) -> tantivy.Query:
    """*query* for the passages that pass the filters."""
    from tantivy import Occur, Query

    allowed = Query.const_score_query(_allowed(filters, schema), 0.0)
    query = Query.boolean_query([(Occur.Must, query), (Occur.Must, allowed)])
    return filtered(query, filters.within, schema) if filters.within else query


def _allowed(filters: Filters, schema: tantivy.Schema) -> tantivy.Query:
    """The passages that pass the filters, without those around them."""
    from tantivy import FieldType, Occur, Query

    clauses = [(Occur.Must, Query.all_query())]
    if filters.since or filters.until:
        first = filters.since.toordinal() if filters.since else NO_DAY + 1
        last = filters.until.toordinal() if filters.until else None
        clauses.append((Occur.Must, Query.range_query(schema, "day", FieldType.Integer, first, last)))
    for field, names in (
        ("publisher_name", filters.publishers),
        ("author_name", filters.authors),
        ("tag", tuple(map(folded_tag, filters.tags))),
    ):
        if names:
            folded = [name.casefold() for name in names]
            clauses.append((Occur.Must, Query.term_set_query(schema, field, folded)))
    if filters.paths:
        clauses.append((Occur.Must, _in_paths(filters.paths, schema)))
    if filters.without_paths:
        clauses.append((Occur.MustNot, _in_paths(filters.without_paths, schema)))
    allowed = Query.boolean_query(clauses)
    if not filters.own_paths:
        return allowed
    own = _in_paths(filters.own_paths, schema)
    return Query.boolean_query([(Occur.Should, allowed), (Occur.Should, own)])


def _in_paths(patterns: Sequence[str], schema: tantivy.Schema) -> tantivy.Query:
    from tantivy import Occur, Query

    globs = [Query.regex_query(schema, "path", path_regex(pattern)) for pattern in patterns]
    return Query.boolean_query([(Occur.Should, glob) for glob in globs])
