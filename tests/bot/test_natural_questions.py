"""Questions as people type them, over the sample articles, with the correct answers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from repository import ROOT

from bot.answer import Answer
from bot.assistant import Assistant
from bot.build import make_assistant
from bot.question.conversation import Turn
from bot.settings import Settings

FINE = "northgate-dispatch/app-store-fine.txt"
APPEAL = "quillmark-business/orchardia-appeal.html"
AGES = "meridale-observer/age-checks.txt"
CLONES = "lanternfield-review/voice-clone-fraud.md"
MEETING = "kestrel-wire/deepfake-meeting.txt"
REPRINT = "meridale-observer/deepfake-meeting-reprint.txt"
SELLERS = "northgate-dispatch/small-sellers.txt"
RECORDS = "quillmark-business/patient-records.html"
LABELS = "northgate-dispatch/content-labels.txt"


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    folder = tmp_path_factory.mktemp("natural")
    settings = Settings(corpus=(ROOT / "corpus",), mode="extractive", cache=folder / "c", state=folder / "s")
    assistant = make_assistant(settings)
    assistant.library.sync()
    yield assistant
    assistant.library.close()


async def ask(assistant: Assistant, question: str, *history: Turn) -> Answer:
    *_, answer = [answer async for answer in assistant.ask(question, history=history)]
    return answer


@pytest.mark.parametrize(
    ("question", "articles", "words"),
    [
        ("Which articles mention deepfakes?", {CLONES, MEETING, REPRINT}, "3 articles mention"),
        ("hey can you tell me which articles mention deepfakes please", {CLONES, MEETING, REPRINT}, "3 "),
        ("how many articles are about orchardia", {FINE, APPEAL}, "2 articles about"),
        ("is there anything about phones?", {"kw-2024-0530-repair-index"}, "repair score"),
        ("newest article about Orchardia", {APPEAL}, "3 June 2022"),
        ("whats the oldest article in here", {RECORDS}, "16 July 2019"),
        ("who wrote the article about age checks", {AGES}, "Priscilla Oduya"),
        ("when was the article about age checks published?", {AGES}, "17 September 2024"),
        ("What did Tobias Renn write?", {FINE, SELLERS}, "2 articles"),
        ("list articles from the northgate dispatch", {FINE, SELLERS, LABELS}, "3 articles"),
        ("what did the northgate dispatch publish in may 2022", {FINE}, "12 May 2022"),
        ("which outlets covered Orchardia", {FINE, APPEAL}, "2 publishers"),
        ("how long is the archive?", {RECORDS, AGES}, "from 16 July 2019 to 17 September 2024"),
    ],
)
async def test_questions_about_the_articles(
    assistant: Assistant, question: str, articles: set[str], words: str
) -> None:
    """The articles are complete, each with an exact quote."""
    answer = await ask(assistant, question)
    assert answer.status == "answered"
    assert {citation.article.id for citation in answer.citations} == articles
    assert words in answer.text
    for citation in answer.citations:
        article = assistant.library.article(citation.article.id)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote


async def test_metadata_is_quoted_from_its_line(assistant: Assistant) -> None:
    """The byline and the date line are the quotes, if the text has them."""
    author = await ask(assistant, "who wrote the article about age checks")
    assert author.citations[0].quote == "By Priscilla Oduya"
    day = await ask(assistant, "when was the article about age checks published?")
    assert day.citations[0].quote == "Published: 17 September 2024, 06:30 BST"


async def test_publishers_and_topics(assistant: Assistant) -> None:
    """All publishers are counted; topics are named by words of the titles."""
    assert "Lanternfield Review, 2 articles" in (await ask(assistant, "which publishers are there?")).text
    topics = await ask(assistant, "What are the main topics?")
    assert topics.sentences[0].text == "The words that most titles of the 19 articles share:"
    assert len(topics.sentences) > 2


async def test_nothing_mentions_an_unknown_name(assistant: Assistant) -> None:
    """The refusal says so."""
    answer = await ask(assistant, "which articles mention Zorblax")
    assert answer.status == "not_found"
    assert answer.notice == "No article mentions “Zorblax”."


async def test_the_source_of_the_last_answer(assistant: Assistant) -> None:
    """ "Who reported this?" names the article that the last answer quotes."""
    before = await ask(assistant, "How much was Orchardia fined in Valmere?")
    first = before.sentences[0].text
    turn = Turn(before.question, first, before.question)
    answer = await ask(assistant, "who reported this?", turn)
    assert {citation.article.id for citation in answer.citations} <= {FINE, APPEAL}
    assert "The Northgate Dispatch, 12 May 2022, written by Tobias Renn." in answer.text


async def test_the_source_is_asked_with_the_question(assistant: Assistant) -> None:
    """ "…, and who reported it?" adds the byline to the answer; a quote has one number."""
    answer = await ask(assistant, "How many phones reached an A, and when was that published?")
    assert answer.question == "How many phones reached an A, and when was that published?"
    assert "only three reached an A" in answer.text
    assert "was published on 30 May 2024 by The Kestrel Wire. [" in answer.text
    assert [citation.number for citation in answer.citations] == list(range(1, len(answer.citations) + 1))
    spans = [(citation.article.id, citation.start, citation.end) for citation in answer.citations]
    assert len(set(spans)) == len(spans)
    cited = {number for sentence in answer.sentences for number in sentence.citations}
    assert cited == {citation.number for citation in answer.citations}


async def test_only_a_question_about_the_answer_is_separated(assistant: Assistant) -> None:
    """Two questions about the texts stay together."""
    answer = await ask(assistant, "Who heads the export office, and how many staff does it have?")
    assert answer.standalone_question == "Who heads the export office, and how many staff does it have?"
