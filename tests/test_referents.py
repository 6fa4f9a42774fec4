"""The learned score of what a follow-up question means."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bot import referents
from bot.mentions import mentions
from bot.referents import Asked, features, scores

HISTORY = [
    ("Who led the harbour council?", "Odile Brandt led the council in Larkhaven."),
    ("When did she resign?", "Brandt resigned on Friday."),
]


def test_the_stored_trees_read_the_features_that_are_made() -> None:
    """Trees and features are made apart: their names must be the same."""
    stored = json.loads(Path(referents.__file__).with_suffix(".json").read_text(encoding="utf-8"))
    asked = Asked.of("Why did she resign?", HISTORY)
    (row, *_) = features(asked, mentions(HISTORY), HISTORY)
    assert sorted(row) == stored["features"]


def test_the_person_is_likelier_than_the_place_for_she() -> None:
    """Who acts in the sentences is meant by "she", not where or when it happened."""
    asked = Asked.of("Why did she resign?", HISTORY)
    assert asked.pronouns == ("she",)
    assert asked.run == 1
    found = mentions(HISTORY)
    by_text = dict(zip((each.text for each in found), scores(asked, found, HISTORY), strict=True))
    assert by_text["Odile Brandt"] == max(by_text.values())
    assert by_text["Odile Brandt"] > 2 * by_text["Larkhaven"]


@given(st.text(max_size=60), st.lists(st.tuples(st.text(max_size=60), st.text(max_size=60)), max_size=9))
def test_every_phrase_has_a_score(question: str, history: list[tuple[str, str]]) -> None:
    """A probability for each phrase, in their order, whatever was said."""
    found = mentions(history)
    scored = scores(Asked.of(question, history), found, history)
    assert len(scored) == len(found)
    assert all(0 < score < 1 for score in scored)
