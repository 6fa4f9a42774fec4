"""Versions and copies in the catalogue, and how they affect hits."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

from index_world import World

from retrieval.hit import Filters, Hit
from retrieval.index.catalogue import Catalogue
from retrieval.index.index_reader import Index
from retrieval.index.related_articles import RelatedArticles, update_related_articles
from retrieval.passage import Passage

TODAY = date(2024, 1, 1)
WORDS = [f"word{number}" for number in range(2_000)]


def prose(seed: int, sentences: int = 30) -> str:
    generator = random.Random(seed)
    return "\n".join(
        f"The council of Larkhaven said {' '.join(generator.choices(WORDS, k=9))} on that day."
        for _ in range(sentences)
    )


def text(title: str, publisher: str, published: str, body: str, updated: str = "") -> str:
    lines = ["---", f"title: {title}", f"publisher: {publisher}", f"date: {published}"]
    lines += [f"updated: {updated}"] if updated else []
    return "\n".join([*lines, "---", "", body])


def fill(world: World) -> None:
    world.write("old.md", text("Fees rise", "The Quay", "2023-06-14", prose(1)))
    world.write("new.md", text("Fees rise", "The Quay", "2023-06-14", prose(1) + prose(2, 6), "2023-06-21"))
    world.write(
        "reprint.md", text("Boats pay more", "The Ledger", "2023-06-16", prose(3, 4) + "\n" + prose(1))
    )
    world.write("other.md", text("Fees rise", "The Quay", "2022-06-14", prose(4)))


def passages(index: Index) -> dict[str, Passage]:
    return {passage.id: passage for info in index.articles() for passage in index.article_passages(info.id)}


def current(index: Index, filters: Filters = Filters(), as_of: date = TODAY) -> set[str]:  # noqa: B008
    kept = index.related_articles.current(passages(index), filters, as_of)
    return {passage.article.id for passage in kept.values()}


def test_earlier_versions_are_dropped(tmp_path: Path) -> None:
    """Copies, and other articles with the same title, are kept."""
    world = World(tmp_path)
    fill(world)
    world.sync()
    with world.open() as index:
        assert current(index) == {"new.md", "reprint.md", "other.md"}


def test_the_version_of_the_date_is_kept(tmp_path: Path) -> None:
    """An earlier version is kept for an earlier date, or if the later version does not pass the filters."""
    world = World(tmp_path)
    fill(world)
    world.write("new.md", text("Fees rise", "The Quay", "2023-06-21", prose(1) + prose(2, 6)))
    world.sync()
    with world.open() as index:
        assert "old.md" in current(index, as_of=date(2023, 6, 20))
        assert "new.md" not in current(index, as_of=date(2023, 6, 20))
        assert "old.md" in current(index, Filters(until=date(2023, 6, 20)))
        assert "old.md" not in current(index, Filters(since=date(2023, 6, 1)))


def test_a_hit_lists_earlier_versions_and_the_copies_of_its_passage(tmp_path: Path) -> None:
    """Also if the copy is split differently; a passage of only one article has no copies."""
    world = World(tmp_path)
    fill(world)
    world.sync()
    with world.open() as index:
        new = index.article_passages("new.md")
        first, last = index.related_articles.attach_related([Hit(new[0], 1.0), Hit(new[-1], 0.5)], None)
        assert [info.id for info in first.also_in] == ["old.md", "reprint.md"]
        assert first.earlier == {"old.md"}
        assert [info.id for info in last.also_in] == ["old.md"]
        (alone,) = index.related_articles.attach_related(
            [Hit(index.article_passages("other.md")[0], 1.0)], None
        )
        assert alone.also_in == ()


def test_relations_after_many_syncs_equal_those_of_a_new_index(tmp_path: Path) -> None:
    """Changed, deleted and added articles leave no stale relations."""
    world, fresh = World(tmp_path / "one"), World(tmp_path / "two")
    fill(world)
    world.sync()
    world.write("new.md", text("Something else", "The Quay", "2023-06-22", prose(9)))
    (world.corpus / "reprint.md").unlink()
    world.sync()
    with world.open() as index:
        assert current(index) == {"new.md", "old.md", "other.md"}
    fill(world)
    world.sync()
    fill(fresh)
    fresh.sync()
    with world.open() as one, fresh.open() as two:
        assert current(one) == current(two)
        assert one.related_articles._stories.keys() == two.related_articles._stories.keys()


def test_a_catalogue_without_relations_can_be_read(tmp_path: Path) -> None:
    """An older Footnote built it; the next generation has them."""
    world = World(tmp_path)
    fill(world)
    world.sync()
    with world.open() as index:
        path = tmp_path / "catalogue.sqlite"
        path.write_bytes(index.catalogue.path.read_bytes())
    catalogue = Catalogue(path, writable=True)
    with catalogue.connection() as connection:
        connection.execute("DROP TABLE kinship")
        connection.commit()
    articles = catalogue.articles_by_key()
    assert RelatedArticles(catalogue, articles).attach_related([], None) == []
    update_related_articles(catalogue)
    assert RelatedArticles(catalogue, articles)._stories
    catalogue.close()
