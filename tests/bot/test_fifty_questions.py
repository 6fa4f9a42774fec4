"""Questions as people type them, over the sample articles and the seed article, with the correct answers.

A few can fail: natural questions are never all right. The failures are listed if there are more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from repository import ROOT

from bot.answer import Answer
from bot.assistant import Assistant
from bot.build import make_assistant
from bot.settings import Settings

SEED = ROOT.parent / "shared" / "seed"
MAX_WRONG_SHARE = 0.08

FINE = "northgate-dispatch/app-store-fine.txt"
APPEAL = "quillmark-business/orchardia-appeal.html"
AGES = "meridale-observer/age-checks.txt"
CLONES = "lanternfield-review/voice-clone-fraud.md"
LENDERS = "lanternfield-review/listings-and-lenders.md"
LENDING = "kestrel-wire/online-lending.txt"
MEETING = "kestrel-wire/deepfake-meeting.txt"
REPRINT = "meridale-observer/deepfake-meeting-reprint.txt"
SELLERS = "northgate-dispatch/small-sellers.txt"
RECORDS = "quillmark-business/patient-records.html"
CLOUD = "quillmark-business/cloud-switching.md"
LABELS = "northgate-dispatch/content-labels.txt"
AUDIT = "saltmarsh-journal/recommendation-audit.txt"
CHIPS = "saltmarsh-journal/chip-licences.html"
FIRST_VOTE = "saltmarsh-journal/ai-act-first-vote.md"
AI_ACT = "saltmarsh-journal/ai-act-updated.md"
PHONES = "kw-2024-0530-repair-index"
HIRING = "kw-2022-0817-ai-hiring"
CHATBOTS = "kw-2023-0302-bot-disclosure"


@dataclass(frozen=True)
class Known:
    """A question with what its answer must contain: *words* in its text, and a quote of each of *articles*.

    Alternatives are separated by "|". With *only*, no other article is cited. A question without words and
    articles must be refused. *before* was asked just before it.
    """

    question: str
    words: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    only: bool = False
    before: tuple[str, ...] = ()


def about(question: str, *articles: str, words: tuple[str, ...] = (), before: tuple[str, ...] = ()) -> Known:
    """A question about the articles: exactly these are cited."""
    return Known(question, words, articles, True, before)


CORPUS_QUESTIONS = (
    # About the articles
    about("Which articles mention deepfakes?", CLONES, MEETING, REPRINT, words=("3 articles",)),
    about("is there anything about phones?", PHONES, words=("repair score",)),
    about("who wrote about the fine?", FINE, APPEAL, words=("Tobias Renn", "Marguerite Achterberg")),
    about("how many articles mention pockettree", LENDING, LENDERS, words=("2 articles",)),
    about("hey, what did tobias renn write", FINE, SELLERS, words=("2 articles",)),
    about("anything by Hana Whitcombe?", AUDIT, FIRST_VOTE, AI_ACT, words=("3 articles",)),
    about("what did the saltmarsh journal publish in 2021", AUDIT, words=("1 article",)),
    about("which outlets covered orchardia's fine", FINE, APPEAL, words=("Northgate", "Quillmark")),
    about("newest article", AGES, words=("17 September 2024",)),
    about("whats the oldest article in here", RECORDS, words=("16 July 2019",)),
    about("when was the article about age checks published", AGES, words=("17 September 2024",)),
    about("how far back does the archive go?", RECORDS, AGES, words=("16 July 2019", "17 September 2024")),
    Known("What are the main topics?", ("4 articles", "Aldern"), (AI_ACT, FIRST_VOTE)),
    Known("which publishers are there", ("6 publishers", "Lanternfield Review", "The Kestrel Wire")),
    # After an answer
    about(
        "Who reported this?",
        CLONES,
        words=("Lanternfield Review", "Caspian Rowe"),
        before=("How many cases of copied voices did the police of Norhaven count in 2022?",),
    ),
    about(
        "and when was it published?",
        AUDIT,
        words=("9 September 2021",),
        before=("who led the audit of vidlark",),
    ),
    Known("why?", ("had changed",), before=("Who stopped Ant Group's listing?",)),
    Known("and the year before?", ("83",), (CLONES,), before=("how many voice cases did the police count",)),
    Known("and in Norhaven?", ("96 votes to 41",), before=("Which country passed a labelling law?",)),
    Known("what did she say?", ("food label",), (LABELS,), before=("Who is Signe Dahlgaard?",)),
    # How, why, what happened, who
    Known("How does voice clone fraud work?", ("20 seconds",), (CLONES,)),
    Known("why does the machine of ferrant optics stand around", ("stamp|licence",), (CHIPS,)),
    Known("what happened to pockettree's listing", ("withdrew|hit PocketTree",)),
    Known("who is Maren Olsted", ("heads the authority",), (FINE,)),
    Known("tell me about the vidlark audit", ("40 auditors",), (AUDIT,)),
    Known("what is a deepfake", ("in place of another's",)),
    Known("Is the AI act in force?", ("months to comply|approved",), (AI_ACT,)),
    Known("does norhaven require labels on ai pictures?", ("will have to say so",), (LABELS,)),
    Known("Give me a timeline of events about Orchardia", ("12 May 2022", "3 June 2022"), (FINE, APPEAL)),
    Known("List all fines", ("412 million", "11 million")),
    Known("which came first, the brightpath fine or the orchardia fine?", ("2019", "2022")),
    # Keywords, typos, chatty openings, two questions in one
    Known("orchardia fine amount", ("412 million crowns",), (FINE,)),
    Known("age limit social media valmere", ("younger than 14",), (AGES,)),
    Known("hi! could you tell me how many patients brightpath exposed", ("268,000",), (RECORDS,)),
    Known("wich companies atended the meting about deepfakes", ("Alibaba, Tencent, Xiaomi and TikTok",)),
    Known("how mutch was orchardia fined in valmere pls", ("412 million",), (FINE,)),
    Known("who heads the export office and how many staff does it have", ("Aurelio Banks", "22"), (CHIPS,)),
    Known("how much was brightpath fined and who reported it", ("11 million marks", "Edmund Sato-Grieg")),
    Known("whos the head of vidlark policy", ("Cassius Thorne",), (AUDIT,)),
    Known("when do chatbots in corvane have to introduce themselves", ("1 June 2023",), (CHATBOTS,)),
    Known("what do hiring software tests cost", ("15,000 and 40,000",), (HIRING,)),
    Known("which cloud providers cut their switching fees", ("Nimbus Vault",), (CLOUD,)),
    # Not in the articles
    Known("Who stopped Quibbleton's IPO?"),
    Known("How many tons does the barge of Zorblax carry?"),
    Known("which articles mention ferries to Zorblax"),
    Known("who won the football cup in valmere"),
)
SEED_QUESTIONS = (
    Known("How many companies did the Chinese cyberspace regulator meet?", ("11 tech companies",)),
    Known("how many companies met with the chinese cyberspace agency", ("11 tech companies",)),
    Known("who reported this?", ("Vishal Tiwari",), before=("How much was the Ant Group listing worth?",)),
    Known("When was the article published?", ("18 March 2021",)),
    Known("who wrote the article", ("Vishal Tiwari",)),
    Known("how much were ant groups listings worth", ("$37 billion",)),
    Known("why was the ant group ipo stopped?", ("financial regulations|Jack Ma criticised",)),
    Known("Which companies attended the meeting?", ("Alibaba, Tencent, TikTok, and Xiaomi",)),
    Known("Who stopped Quibbleton's IPO?"),
    Known("what is the capital of France"),
)


@pytest.fixture(scope="module", params=["corpus", "seed"])
def library_questions(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Assistant, Sequence[Known]]]:
    folder, known = {"corpus": (ROOT / "corpus", CORPUS_QUESTIONS), "seed": (SEED, SEED_QUESTIONS)}[
        request.param
    ]
    if not folder.is_dir():
        pytest.skip("../shared/seed is absent")
    assistant = _make(folder, tmp_path_factory.mktemp(request.param))
    yield assistant, known
    assistant.library.close()


def _make(corpus: Path, folder: Path) -> Assistant:
    settings = Settings(corpus=(corpus,), mode="extractive", cache=folder / "c", state=folder / "s")
    assistant = make_assistant(settings)
    assistant.library.sync()
    return assistant


async def test_natural_questions_are_answered(
    library_questions: tuple[Assistant, Sequence[Known]],
) -> None:
    """At most a few are wrong, and every quote is exact."""
    assistant, questions = library_questions
    wrong = [
        f"{known.question} -> {answer.status}: {answer.text[:200]}"
        for number, known in enumerate(questions)
        if not _is_right(answer := await _ask(assistant, known, str(number)), known)
    ]
    assert len(wrong) <= MAX_WRONG_SHARE * len(questions), "\n".join(wrong)


@pytest.mark.parametrize("opening", ["hey, ", "thanks! can you tell me ", "And "])
async def test_an_opening_does_not_change_the_answer(
    library_questions: tuple[Assistant, Sequence[Known]], opening: str
) -> None:
    assistant, questions = library_questions
    question = questions[0].question if questions is SEED_QUESTIONS else "how does voice clone fraud work?"
    plain = await _ask(assistant, Known(question), "plain")
    opened = await _ask(assistant, Known(opening + question), f"opened {opening}")
    assert plain.text
    assert opened.text == plain.text


async def _ask(assistant: Assistant, known: Known, conversation: str) -> Answer:
    for question in (*known.before, known.question):
        *_, answer = [answer async for answer in assistant.ask(question, conversation=conversation)]
    for citation in answer.citations:
        article = assistant.library.article(citation.article.id)
        assert article is not None
        assert article.text[citation.start : citation.end] == citation.quote
    return answer


def _is_right(answer: Answer, known: Known) -> bool:
    if not (known.words or known.articles):
        return answer.status == "not_found"
    cited = {citation.article.id for citation in answer.citations}
    has_words = all(any(word in answer.text for word in words.split("|")) for words in known.words)
    return has_words and (cited == set(known.articles) if known.only else set(known.articles) <= cited)
