"""A claim scores higher the more of it stands in its evidence, and needs all its facts to be supported."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checking.support import WEIGHTS, measures, support
from retrieval.models.local_embeddings import LocalEmbeddings

HEAD = "Regulator meets firms · The Daily Post · 2021-03-18"
EVIDENCE = [
    HEAD,
    "The regulator met eleven technology firms on Thursday and asked them to report on deepfake tools. "
    "Tencent said it would not sell its voice software. Ant's listing had been stopped in November 2020. "
    "Analysts expect stricter rules for voice software by the end of the year.",
]
TRUE = "On 18 March 2021 the regulator met 11 technology firms."


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> LocalEmbeddings:
    return LocalEmbeddings(tmp_path_factory.mktemp("cache"))


@pytest.mark.parametrize(
    "claim",
    [
        TRUE,
        "Tencent said it would not sell its voice software.",
        "Eleven technology firms were asked to report on deepfake tools.",
        "Here is a summary: the regulator met eleven firms [1]. Ant's listing was stopped in 2020 [2].",
    ],
)
def test_what_the_evidence_says_is_supported(claim: str, local: LocalEmbeddings) -> None:
    """In its own words or nearly, with markers or an opening around it, with and without the model."""
    for reader in (None, local):
        judged = support(claim, EVIDENCE, reader=reader)
        assert (judged.verdict, judged.missing) == ("supported", ())


@pytest.mark.parametrize(
    ("claim", "missing"),
    [
        ("On 18 March 2021 the regulator met 14 technology firms.", "14"),
        ("On 18 March 2021 the regulator met 11 technology firms in Brussels.", "Brussels"),
        ("On 19 March 2021 the regulator met 11 technology firms.", "19 March 2021"),
    ],
)
def test_a_wrong_fact_is_never_supported(claim: str, missing: str, local: LocalEmbeddings) -> None:
    """However much of the rest stands there; the fact is named, and the score falls."""
    for reader in (None, local):
        judged = support(claim, EVIDENCE, reader=reader)
        assert judged.verdict != "supported"
        assert [claim[start:end] for start, end, _ in judged.missing] == [missing]
        assert judged.score < support(TRUE, EVIDENCE, reader=reader).score


def test_what_is_not_there_at_all_is_unsupported(local: LocalEmbeddings) -> None:
    """Other words about other things."""
    for reader in (None, local):
        judged = support("Farmers harvested wheat early because of heavy rain.", EVIDENCE, reader=reader)
        assert judged.verdict == "unsupported"


def test_a_negation_on_one_side_alone_lowers_the_score() -> None:
    """ "Would sell" is not "would not sell"."""
    right = support("Tencent would not sell its voice software.", EVIDENCE).score
    assert support("Tencent would sell its voice software.", EVIDENCE).score < right


def test_one_wrong_sentence_lowers_the_whole() -> None:
    """A claim of several sentences is as good as its worst."""
    longer = TRUE + " It fined Tencent 3 billion yuan over hidden advertising contracts."
    assert support(longer, EVIDENCE).score < support(TRUE, EVIDENCE).score


def test_a_claim_of_a_few_words_is_read_as_the_answer_to_its_question() -> None:
    """The name of another firm of the evidence does not answer."""
    question = "Which firm would not sell its voice software?"
    right = support("Tencent", EVIDENCE, question=question).score
    assert right > support("Ant", EVIDENCE, question=question).score


def test_words_of_the_question_need_not_stand_in_the_evidence(local: LocalEmbeddings) -> None:
    """They tell what the evidence is about; a fact that it lacks is missing all the same."""
    evidence = ["Place directly on the grill for 8 minutes, until it reaches a temperature of 145 degrees."]
    claim, question = "Cook the tilapia fish to a temperature of {} degrees.", "How is tilapia fish cooked?"
    for reader in (None, local):
        without = support(claim.format(145), evidence, reader=reader).score
        assert support(claim.format(145), evidence, question=question, reader=reader).score > without
        wrong = support(claim.format(165), evidence, question=question, reader=reader)
        assert (wrong.verdict, len(wrong.missing)) == ("partly", 1)


def test_the_head_of_a_passage_bears_out_dates() -> None:
    """Without it the year of "on Thursday" is unknown."""
    assert support(TRUE, EVIDENCE[1:]).missing == ((3, 16, "date"),)


def test_the_written_weights_belong_to_the_measures(local: LocalEmbeddings) -> None:
    """Both kinds name measures that there are, and thresholds in order."""
    kinds = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    assert set(kinds) == {"words", "vectors"}
    known = set(measures(TRUE, EVIDENCE, reader=local))
    assert set(kinds["words"]["weights"]) < set(kinds["vectors"]["weights"]) == known
    assert all(0 < kind["partly"] < kind["supported"] < 1 for kind in kinds.values())


@given(st.text(max_size=120), st.lists(st.text(max_size=120), max_size=3), st.text(max_size=30))
def test_any_claim_has_a_score(claim: str, evidence: list[str], question: str) -> None:
    """Whatever the texts; the same texts score the same."""
    judged = support(claim, evidence, question=question)
    assert 0 <= judged.score <= 1
    assert judged == support(claim, evidence, question=question)
    assert judged.verdict != "supported" or not judged.missing
