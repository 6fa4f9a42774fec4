"""Extractive answers: the sentences chosen, the confidence, and the question's profile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from two_articles import DRONES, FERRY, BagOfWords, frequency, hits

from bot.answer import Answer
from bot.extractive.candidate_sentences import candidates
from bot.extractive.extract import extract
from bot.extractive.refusal import THRESHOLD
from bot.extractive.sentence_choice import choose_sentences
from bot.extractive.sentence_ranking import rank
from bot.extractive.sentence_similarity import SentenceSimilarity
from bot.question.answer_kind import answer_kind_score
from bot.question.parsed_question import parse_question
from bot.question.question_profile import WordCounts, question_profile
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.splitting.passage_splitter import split
from retrieval.text_analysis import stems


def answer(question: str) -> Answer:
    return ask(question, hits(question))


def ask(
    question: str,
    found: list[Hit],
    frequency: Callable[[str], int] = frequency,
    threshold: float = THRESHOLD,
    original: str | None = None,
) -> Answer:
    counts = WordCounts(frequency, 2)
    return extract(question, found, BagOfWords(), counts, date(2022, 6, 1), threshold, original)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many drones had gulls attacked since January?", "14 drones"),
        ("How many members of the Larkhaven council voted for the ban?", "Seven of nine"),
        ("What did the electric ferry boat cost?", "3.2 million crowns"),
        ("When does the ban start?", "in May"),
        ("Who said that the boat cost 3.2 million crowns?", "Jon Aske"),
    ],
)
def test_the_sentence_that_answers_comes_first(question: str, words: str) -> None:
    """The first sentence contains the answer; it does not merely repeat the question."""
    assert words in answer(question).sentences[0].text


def test_sentences_are_verbatim_and_cited() -> None:
    """Each sentence is the quote of its citation, and the quote is that span of the article."""
    found = answer("How many drones had gulls attacked since January?")
    assert found.status == "answered"
    texts = {article.info.id: article.text for article in (DRONES, FERRY)}
    for sentence in found.sentences:
        citation = found.citations[sentence.citations[0] - 1]
        assert citation.quote == sentence.text
        assert texts[citation.article.id][citation.start : citation.end] == citation.quote
    assert [citation.number for citation in found.citations] == list(range(1, len(found.citations) + 1))


def test_the_sentence_with_the_verb_is_chosen() -> None:
    """Names alone do not answer: the sentence with the question's verb is added, though others score
    higher."""
    text = (
        "The Harbour Authority fined Quillon. Quillon has left the quay. Its ships are old. "
        'Gulls came. "They were warned," said Odile Brandt, who heads it.'
    )
    article = Article(ArticleInfo("quay", "quay.txt", "Fine"), text)
    profile = question_profile("Who heads the Harbour Authority?", frequency, 2)
    found = rank(profile, candidates([Hit(split(article)[0], 1.0)]), SentenceSimilarity(BagOfWords()))  # type: ignore[arg-type]
    in_order = sorted(found, key=lambda sentence: sentence.candidate.start)
    ranked = [replace(sentence, score=10.0 - i / 2) for i, sentence in enumerate(in_order)]
    assert "heads it" in choose_sentences(profile, ranked)[1].candidate.text
    far = [*ranked[:-1], replace(ranked[-1], score=1.0)]
    assert all("heads it" not in sentence.candidate.text for sentence in choose_sentences(profile, far))


def test_neighbouring_sentences_share_one_quote() -> None:
    """Their citation's quote is the span of both, in order."""
    found = answer("What did the electric boat cost, and how many passengers does the boat carry?")
    assert len(found.sentences) > len(found.citations)
    assert len({sentence.text for sentence in found.sentences}) == len(found.sentences)
    for citation in found.citations:
        sharing = [s.text for s in found.sentences if s.citations == (citation.number,)]
        assert citation.quote == " ".join(sharing)
        text = FERRY.text if citation.article.id == "ferry" else DRONES.text
        assert text[citation.start : citation.end] == citation.quote


def test_a_sentence_that_starts_with_a_reference_includes_the_one_before() -> None:
    """ "It carries …" is unclear alone: the quote starts with the sentence that "it" refers to."""
    found = answer("How many passengers are carried?")
    assert found.citations[0].quote.startswith("The ferry line tests an electric boat")
    assert "120 passengers" in found.citations[0].quote


def test_an_unanswered_part_is_reported() -> None:
    """One part is answered; the notice quotes the other."""
    found = answer("How many drones had gulls attacked, and who won the chess title in Reykjavik?")
    assert (found.status, found.reason) == ("answered", "only part answered")
    assert "who won the chess title in Reykjavik" in (found.notice or "")
    assert "14 drones" in found.text


@pytest.mark.parametrize(
    ("published", "lead"), [("2022-05-27", "Reported on 27 May 2022: "), (None, ""), ("2022", "")]
)
def test_a_weekday_comes_with_the_date_of_its_article(published: str | None, lead: str) -> None:
    """ "on Friday" is preceded by the article's date, if known; the sentence stays verbatim."""
    dated = [
        replace(hit, passage=replace(hit.passage, article=replace(hit.passage.article, published=published)))
        for hit in hits("Who banned delivery drones?")
    ]
    found = ask("Who banned delivery drones?", dated)
    assert found.sentences[0].lead == lead
    assert found.sentences[0].text == "The council of Larkhaven banned delivery drones on Friday."


def test_articles_outside_the_dates_are_the_reason() -> None:
    """If the hits are from other days than the question asks about, that is the reason."""
    question = "What did the harbour pilots vote about this week?"
    old = [
        replace(
            hit, passage=replace(hit.passage, article=replace(hit.passage.article, published="2019-01-01"))
        )
        for hit in hits(question)
    ]
    assert ask(question, old, frequency=lambda _: 1).reason == "outside the dates"
    assert ask(question, hits(question), frequency=lambda _: 1).reason == "nothing near"


def test_a_year_is_not_a_missing_name() -> None:
    """If a year is in no article, the dates are the reason, not a name."""
    dated = [
        replace(
            hit, passage=replace(hit.passage, article=replace(hit.passage.article, published="2019-01-01"))
        )
        for hit in hits("pilots")
    ]
    assert ask("What did pilots vote about in 1945?", dated, lambda _: 0).reason == "outside the dates"


def test_a_topic_is_answered_with_the_lead_of_its_article() -> None:
    """A bare topic is not a question: answerability is not scored, and the article's first sentence leads."""

    class Refuses:
        def score(self, *_: object) -> None:
            raise AssertionError("a topic was scored as a question")

    text = "The Tern pilots went on strike. Pay is too low, the Tern pilots say, and Tern pilots are tired."
    article = Article(ArticleInfo("tern", "tern.txt", "Strike"), text)
    found = [Hit(split(article)[0], 1.0, 1, 1, 0.9), *hits("Tern pilots")]
    answer = extract(
        "What is new about the Tern pilots?",
        found,
        BagOfWords(),  # type: ignore[arg-type]
        WordCounts(frequency, 3),
        date(2022, 6, 1),
        answerability=Refuses(),  # type: ignore[arg-type]
    )
    assert answer.sentences[0].text == "The Tern pilots went on strike."


def test_words_added_to_a_follow_up_are_not_enough_to_answer_it() -> None:
    """A new topic mistaken for a follow-up is not answered, though the articles contain the added names."""
    added = "Who won the chess title (the council of Larkhaven, delivery drones)?"
    assert ask(added, hits(added), original="Who won the chess title?").status == "not_found"
    added = "Why was it banned (the council of Larkhaven, delivery drones)?"
    assert ask(added, hits(added), original="Why was it banned?").status == "answered"


def test_the_date_precedes_the_whole_quote() -> None:
    """If only a later sentence of a quote has a relative date, the article's date is still at its start."""
    text = "The pilots of Tern met. They voted on Friday for a strike of three days."
    article = Article(ArticleInfo("tern", "tern.txt", "Strike", published="2022-05-28"), text)
    found = ask("What did the pilots of Tern vote for?", [Hit(split(article)[0], 1.0, 1, 1, 0.9)])
    assert [sentence.lead for sentence in found.sentences] == ["Reported on 28 May 2022: ", " "]


def test_the_threshold_can_be_set() -> None:
    """At 0 everything near is answered, at 1 nothing."""
    question = "How many drones had gulls attacked since January?"
    assert ask(question, hits(question), threshold=0.0).status == "answered"
    assert ask(question, hits(question), threshold=1.0).status == "not_found"


def test_each_part_of_a_question_gets_its_sentence() -> None:
    """Two questions in one are answered by two sentences."""
    text = answer("How many passengers does the electric boat carry, and what did the boat cost?").text
    assert "120 passengers" in text
    assert "3.2 million" in text


def test_questions_about_unknown_names_are_not_answered() -> None:
    """A name that is in no article is the reason; nothing is cited."""
    found = answer("Who won the chess title in Reykjavik?")
    assert (found.status, found.sentences, found.citations) == ("not_found", (), ())
    assert found.reason == "name not in the corpus"
    assert found.confidence < 0.2


def test_a_publisher_is_not_a_missing_name() -> None:
    """A name in a publisher or title is known, though it is in no text."""
    question = "Was the chess title of Northern Ledger won?"
    assert ask(question, hits(question)).reason != "name not in the corpus"


def test_no_hits_means_nothing_near() -> None:
    """Without hits there is no answer, and no error."""
    found = extract("Why?", [], BagOfWords(), WordCounts(frequency, 0), date(2022, 6, 1))  # type: ignore[arg-type]
    assert (found.status, found.reason, found.confidence) == ("not_found", "nothing near", 0.0)


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many firms met?", "number"),
        ("What percentage of voters agreed?", "number"),
        ("When did it start?", "date"),
        ("In what year was the law passed?", "date"),
        ("Why was the listing stopped?", "reason"),
        ("Who stopped the listing?", "name"),
        ("Which company paid?", "name"),
        ("What does the law say?", None),
    ],
)
def test_the_kind_of_answer_is_read_from_the_question(question: str, kind: str | None) -> None:
    """Numbers, dates, reasons and names are distinguished."""
    assert question_profile(question, frequency, 2).asks == kind


def test_a_number_must_count_what_is_asked_for() -> None:
    """A number scores highest before the thing asked for; the question's own figures score 0."""
    given = partial(answer_kind_score, question_profile("How many companies met on 18 March?", frequency, 2))
    assert given("It met 11 technology companies.") == 1.0
    assert given("It met them on day 11 of the month.") == 0.5
    assert given("They met on 18 March.") == 0.0


@pytest.mark.parametrize(
    ("question", "noun"),
    [
        ("How many technology companies did the regulator meet?", "companies"),
        ("How many firms met?", "firms"),
        ("How many U.S. states agreed?", "states"),
        ("How many sports teams play there?", "teams"),
        ("How many young people did he see?", "people"),
        ("How many drones attacked gulls?", "drones"),
        ("How many fish did the boats catch?", "fish"),
        ("How many of the passengers, crews aside, left?", "passengers"),
    ],
)
def test_how_many_counts_the_last_of_its_nouns(question: str, noun: str) -> None:
    """Words before the counted noun only qualify it."""
    assert question_profile(question, frequency, 2).counted == stems(noun)[0]


def test_a_list_of_names_scores_higher_if_several_are_asked_for() -> None:
    """A list scores higher than one name if "which companies" asks for several."""
    given = partial(answer_kind_score, question_profile("Which companies came to the meeting?", frequency, 2))
    assert given("Quillon, Brandt and Aske sent their heads.") == 1.0
    assert given("It was held in Larkhaven.") == 0.5
    assert given("It was held in May.") == 0.5
    assert given("the meeting was long.") == 0.0
    assert (
        answer_kind_score(question_profile("Which company came?", frequency, 2), "A head of Quillon came.")
        == 1.0
    )


@pytest.mark.parametrize(
    ("question", "exact", "inexact"),
    [
        ("How long was the lock closed?", "It was shut for 31 months.", "It cost 31 crowns."),
        ("How heavy is the barge?", "It weighs 14 tonnes.", "It has 14 cabins."),
        ("When do the rules apply?", "They apply from 1 June 2023.", "In 2022 there were 14 complaints."),
        ("When will the lock open?", "The opening is due in May.", "It was built in May 1950."),
        ("tern ferry price", "A ticket costs $4.", "The ferry has 4 decks."),
    ],
)
def test_values_of_the_kind_asked_for_score_higher(question: str, exact: str, inexact: str) -> None:
    """A duration for "how long", the date of an event to come for "when will", a price for "price"."""
    profile = question_profile(question, frequency, 2)
    assert answer_kind_score(profile, exact) == 1
    assert answer_kind_score(profile, inexact) < 1


def test_keywords_that_name_a_value_are_no_topic() -> None:
    """The word for the value need not occur; without one, the words are a topic."""
    price = question_profile("tern ferry price", frequency, 2)
    assert (price.asks, price.kind, price.is_topic) == ("number", "fact", False)
    assert "price" not in price.weights
    assert question_profile("tern ferry", frequency, 2).kind == "topic"


def test_questions_within_a_question() -> None:
    """A question word after "and" or a question mark starts another one; "and" between names does not."""
    assert (
        parse_question("Who won and what did it cost?").parts == ("Who won and what did it cost?",)
        or len(parse_question("Who won the vote and what did it cost?").parts) == 2
    )
    assert parse_question("What do Brandt and Aske say?").parts == ("What do Brandt and Aske say?",)


def test_a_sentence_shared_by_two_passages_is_one_candidate() -> None:
    """The overlap of neighbouring passages is not duplicated."""
    text = " ".join(
        f"Sentence {number} of the long report says little of note about drones." for number in range(60)
    )
    article = Article(ArticleInfo("long", "long.txt", "Long"), text)
    found = candidates([Hit(passage, 1.0) for passage in split(article)])
    assert len(found) == len({candidate.start for candidate in found}) == 60
    ranked = rank(question_profile("What of drones?", frequency, 2), found, SentenceSimilarity(BagOfWords()))  # type: ignore[arg-type]
    assert ranked == sorted(ranked, key=lambda sentence: -sentence.score)
