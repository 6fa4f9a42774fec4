"""Posts stay within Discord's limits and are harmless, whatever an answer contains."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from discord_limits import violations
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answer import Answer, Citation, Contradiction, Sentence, UnsupportedSpan, Usage
from bot.discord.posts.answer_layout import answer_posts, growing_posts, passage_post
from bot.discord.posts.buttons import view
from bot.discord.posts.delivery import embeds
from bot.discord.posts.post import Post
from retrieval.article import ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage

FRAGMENTS = st.sampled_from(
    "@everyone @here <@1> [x](https://evil.example) discord.gg/abc ``` ` [1] [ ** # || 😀 word. "
    "Long sentence! \n\n https://evil.example \u202e".split(" ")
)
texts = st.lists(FRAGMENTS | st.text(max_size=12), max_size=40).map(" ".join)
long_texts = texts | st.builds(lambda text, times: text * times, texts, st.sampled_from([2, 30]))
infos = st.builds(
    ArticleInfo,
    id=st.just("a.txt"),
    path=texts.map(lambda text: text or "a.txt"),
    title=long_texts,
    publisher=st.none() | texts,
    author=st.none() | texts,
    published=st.none() | st.just("2021-03-18T18:57:00+05:30"),
    url=st.none() | st.just("https://www.example.org/a(b)") | texts,
)


@st.composite
def citations(draw: st.DrawFn, number: int) -> Citation:
    text = draw(long_texts.filter(str.strip))
    start = draw(st.integers(0, len(text) - 1))
    end = draw(st.integers(start + 1, len(text)))
    section = draw(st.none() | texts)
    return Citation(number, draw(infos), text[start:end], start, end, 3, section, 0, len(text))


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    cited = tuple(draw(citations(number)) for number in range(1, draw(st.sampled_from([0, 1, 2, 25])) + 1))
    numbers = st.lists(st.integers(1, max(len(cited), 1)), max_size=3).map(tuple)
    if not cited:
        numbers = st.just(())
    spans = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda ends: UnsupportedSpan(*sorted(ends)))
    sentence = st.builds(
        Sentence,
        long_texts,
        numbers,
        st.sampled_from(["supported", "neutral", "unsupported", "contradicted"]),
        st.sampled_from(["", " ", "\n\n", "\n- ", "\n\n| a | b |\n|---|---|\n| "]) | long_texts,
        st.lists(spans, max_size=3).map(tuple),
        st.lists(texts, max_size=2).map(tuple),
        st.sampled_from(["", " |"]) | texts,
    )
    against = st.builds(Contradiction, st.just("articles"), texts, numbers)
    sentences = tuple(draw(st.lists(sentence, max_size=12)))
    hit = st.builds(lambda info, text: Hit(Passage(info, text, 0, len(text), 1, None, ()), 0.5), infos, texts)
    return Answer(
        question=draw(texts),
        standalone_question="",
        status="answered" if sentences else "not_found",
        sentences=sentences,
        citations=cited,
        mode=draw(st.sampled_from(["extractive", "model"])),
        model=draw(st.none() | texts),
        usage=Usage(draw(st.integers(0, 10**7)), 1),
        reason=draw(st.none() | texts),
        notice=draw(st.none() | long_texts),
        contradictions=tuple(draw(st.lists(against, max_size=2))),
        nearest=tuple(draw(st.lists(hit, max_size=4))),
        complete=True,
        id="abcdefghij",
    )


def request_body(post: Post) -> dict[str, Any]:
    """A post as it is sent to Discord."""
    return {
        "embeds": [embed.to_dict() for embed in embeds(post)],
        "components": view(post).to_components(),
        "allowed_mentions": {"parse": []},
    }


def all_violations(posts: list[Post]) -> list[str]:
    found = []
    for post in posts:
        found += violations("POST", "/channels/{channel_id}/messages", request_body(post))
    return found


@settings(max_examples=30, deadline=None)
@given(answers())
def test_every_answer_fits_into_messages_within_the_limits(answer: Answer) -> None:
    """Complete or growing: within all limits, without pings or split fences and markers."""
    assert not all_violations(answer_posts(answer, searched=12_345))
    assert not all_violations(growing_posts(replace(answer, complete=False)))


@settings(max_examples=40, deadline=None)
@given(citations(2), st.sampled_from(["unchanged", "moved", "changed", "deleted"]), st.data())
def test_every_passage_fits_into_one_message(citation: Citation, state: str, data: st.DataObject) -> None:
    """However long the quote, its context and the names are."""
    text = data.draw(long_texts) + citation.quote + data.draw(long_texts)
    start = text.index(citation.quote)
    current = text if state in {"unchanged", "moved"} else None
    span = (start, start + len(citation.quote))
    post = passage_post(citation, state, current, span, "abcdefghij", [1, 2, 5])
    assert not all_violations([post])


def test_a_passage_is_shown_literally_with_the_quote_in_bold() -> None:
    """Markdown of an article is escaped; each line of the quote is bold."""
    text = "# Head *one*\nFirst part. Second\npart_ends. After [x](https://evil.example)."
    start, end = text.index("Second"), text.index(" After")
    citation = Citation(1, ArticleInfo("a", "a.md", "T"), text[start:end], start, end, 2, None, 13, len(text))
    shown = passage_post(citation, "unchanged", text, (start, end), "id", [1]).cards[0].description
    assert "> \\# Head \\*one\\*" in shown
    assert "> First part. **Second**\n> **part\\_ends.** After \\[x\\](https\\://evil.example)." in shown


def test_long_answers_span_messages_with_the_buttons_on_the_last() -> None:
    """Each part ends with a complete sentence; sources and buttons come last."""
    info = ArticleInfo("a", "a.txt", "A title")
    sentence = Sentence(
        "The council banned the drones on Friday, and gulls were glad.", (1,), "supported", " "
    )
    citation = Citation(1, info, "quote", 0, 5, 1, None, 0, 5)
    answer = Answer("q", "q", "answered", (sentence,) * 150, (citation,), id="abcdefghij")
    posts = answer_posts(answer)
    assert [bool(post.buttons) for post in posts] == [False, False, True]
    assert all(post.cards[0].description.endswith("[1]") for post in posts)
    assert re.match(r"\*\*\[1\]\*\* \*\*A title\*\*", posts[-1].cards[-1].description)


def test_an_endless_answer_does_not_flood_the_channel() -> None:
    """It is truncated, with a note."""
    endless = Answer("q", "q", "answered", (Sentence("I go on and on.", (), "supported", " "),) * 10_000)
    posts = answer_posts(replace(endless, complete=True))
    assert len(posts) <= 5
    assert "too long to post here" in posts[-1].cards[-1].description


def test_unsupported_words_get_a_dagger_with_a_legend() -> None:
    """After the word, within emphasis but not in code; the footer lists the words."""
    text = "It paid **40 crowns** to Orla Finch, see `41`."
    spans = [(text.index(w), text.index(w) + len(w)) for w in ("40", "Orla Finch", "41")]
    sentence = Sentence(text, (1,), "unsupported", missing=tuple(UnsupportedSpan(*span) for span in spans))
    citation = Citation(1, ArticleInfo("a", "a.txt", "T"), "quote", 0, 5, 1, None, 0, 5)
    answer = Answer(
        "q", "q", "answered", (sentence,), (citation,), mode="model", complete=True, id="abcdefghij"
    )
    card = answer_posts(answer)[0].cards[0]
    assert card.description == "It paid **40† crowns** to Orla Finch†, see `41`. [1] [?]"
    footer = answer_posts(answer)[-1].cards[-1].footer
    assert "[?] not in the passages" in footer
    assert "† in no passage that is cited there: 40, Orla Finch" in footer


def test_the_footer_tells_that_an_answer_is_being_checked() -> None:
    """Until the complete answer replaces it; that one tells what the check covered."""
    sentence = Sentence("It met 12.", (1,), "neutral", calculations=("8 + 4 = 12",))
    citation = Citation(1, ArticleInfo("a", "a.txt", "T"), "quote", 0, 5, 1, None, 0, 5)
    answer = Answer("q", "q", "answered", (sentence,), (citation,), mode="model")
    growing = growing_posts(answer)[-1].cards[-1]
    checking = growing_posts(replace(answer, checking=True))[-1].cards[-1]
    assert (growing.footer, checking.footer) == ("Answering…", "Checking…")
    assert growing.description == checking.description == "It met 12. [1]"
    footer = answer_posts(replace(answer, complete=True, checked="words"))[-1].cards[-1].footer
    assert "Checking" not in footer
    assert footer.endswith("calculated: 8 + 4 = 12\nOnly figures, dates, names and quotations were checked.")


def test_contradictions_are_shown_below_the_answer() -> None:
    """In a paragraph of their own; their text is escaped, their markers are not."""
    citation = Citation(1, ArticleInfo("a", "a.txt", "T"), "quote", 0, 5, 1, None, 0, 5)
    against = Contradiction("articles", "Articles differ: The *Quay* says 11.", (1,))
    said = Sentence("It met 12.", (1,), "supported")
    answer = Answer("q", "q", "answered", (said,), (citation,), contradictions=(against,), complete=True)
    shown = answer_posts(answer)[0].cards[0].description
    assert shown == "It met 12. [1]\n\nArticles differ: The \\*Quay\\* says 11. [1]"
