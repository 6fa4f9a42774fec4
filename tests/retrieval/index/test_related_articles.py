"""What the catalogue knows about versions and copies, and what a search makes of it."""

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
    chance = random.Random(seed)
    return "\n".join(
        f"The council of Larkhaven said {' '.join(chance.choices(WORDS, k=9))} on that day."
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
    return {each.id: each for info in index.articles() for each in index.article_passages(info.id)}


def current(index: Index, filters: Filters = Filters(), as_of: date = TODAY) -> set[str]:  # noqa: B008
    return {
        each.article.id for each in index.related_articles.current(passages(index), filters, as_of).values()
    }


def test_an_earlier_version_answers_nothing_any_more(tmp_path: Path) -> None:
    """Nor is it among the articles of which anything is read; copies and others of its title are."""
    world = World(tmp_path)
    fill(world)
    world.sync()
    with world.open() as index:
        assert current(index) == {"new.md", "reprint.md", "other.md"}


def test_the_version_of_the_day_is_asked(tmp_path: Path) -> None:
    """For a question of an earlier day, or with a filter that the later version does not pass, it answers."""
    world = World(tmp_path)
    fill(world)
    world.write("new.md", text("Fees rise", "The Quay", "2023-06-21", prose(1) + prose(2, 6)))
    world.sync()
    with world.open() as index:
        assert "old.md" in current(index, as_of=date(2023, 6, 20))
        assert "new.md" not in current(index, as_of=date(2023, 6, 20))
        assert "old.md" in current(index, Filters(until=date(2023, 6, 20)))
        assert "old.md" not in current(index, Filters(since=date(2023, 6, 1)))


def test_a_hit_names_earlier_versions_and_the_copies_that_hold_its_passage(tmp_path: Path) -> None:
    """Though the copy's passages begin and end elsewhere; what only one article says is only its own."""
    world = World(tmp_path)
    fill(world)
    world.sync()
    with world.open() as index:
        held = index.article_passages("new.md")
        first, last = index.related_articles.name_others([Hit(held[0], 1.0), Hit(held[-1], 0.5)])
        assert [info.id for info in first.also_in] == ["old.md", "reprint.md"]
        assert first.earlier == {"old.md"}
        assert [info.id for info in last.also_in] == ["old.md"]
        (alone,) = index.related_articles.name_others([Hit(index.article_passages("other.md")[0], 1.0)])
        assert alone.also_in == ()


def test_kinship_after_many_syncs_is_that_of_an_index_built_fresh(tmp_path: Path) -> None:
    """Articles that were changed, deleted, added: nothing of what they were is remembered."""
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


def test_a_catalogue_without_kinship_can_be_read(tmp_path: Path) -> None:
    """That of an index made before there was any; the next generation has it."""
    world = World(tmp_path)
    fill(world)
    world.sync()
    with world.open() as index:
        path = tmp_path / "catalogue.sqlite"
        path.write_bytes(index.catalogue.path.read_bytes())
    catalogue = Catalogue(path, writable=True)
    with catalogue.reading() as connection:
        connection.execute("DROP TABLE kinship")
        connection.commit()
    articles = catalogue.articles_by_key()
    assert RelatedArticles(catalogue, articles).name_others([]) == []
    update_related_articles(catalogue)
    assert RelatedArticles(catalogue, articles)._stories
    catalogue.close()
