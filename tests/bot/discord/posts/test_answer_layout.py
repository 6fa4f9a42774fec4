"""Whatever an answer holds, what is drawn of it stays within Discord's limits and does nothing but inform."""

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

WORDS = st.sampled_from(
    "@everyone @here <@1> [x](https://evil.example) discord.gg/abc ``` ` [1] [ ** # || 😀 word. "
    "Long sentence! \n\n https://evil.example \u202e".split(" ")
)
texts = st.lists(WORDS | st.text(max_size=12), max_size=40).map(" ".join)
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
        st.sampled_from(["supported", "partly", "unsupported"]),
        st.sampled_from(["", " ", "\n\n", "\n- "]),
        st.lists(spans, max_size=3).map(tuple),
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


def body(post: Post) -> dict[str, Any]:
    """A post as it is sent."""
    return {
        "embeds": [embed.to_dict() for embed in embeds(post)],
        "components": view(post).to_components(),
        "allowed_mentions": {"parse": []},
    }


def objections(posts: list[Post]) -> list[str]:
    found = []
    for post in posts:
        found += violations("POST", "/channels/{channel_id}/messages", body(post))
    return found


@settings(max_examples=30, deadline=None)
@given(answers())
def test_every_answer_fits_into_messages_that_discord_takes(answer: Answer) -> None:
    """Whole or growing: no limit is passed, nobody is pinged, no fence or marker is cut."""
    assert not objections(answer_posts(answer, searched=12_345))
    assert not objections(growing_posts(replace(answer, complete=False)))


@settings(max_examples=40, deadline=None)
@given(citations(2), st.sampled_from(["unchanged", "moved", "changed", "deleted"]), st.data())
def test_every_passage_fits_into_one_message(citation: Citation, state: str, data: st.DataObject) -> None:
    """However long the quote, its surroundings and the names around it."""
    text = data.draw(long_texts) + citation.quote + data.draw(long_texts)
    at = text.index(citation.quote)
    known = text if state in {"unchanged", "moved"} else None
    post = passage_post(citation, state, known, (at, at + len(citation.quote)), "abcdefghij", [1, 2, 5])
    assert not objections([post])


def test_a_passage_shows_its_quote_in_bold_and_everything_as_it_was_written() -> None:
    """Markdown of an article is shown, not obeyed; the quote stands out line by line."""
    text = "# Head *one*\nFirst part. Second\npart_ends. After [x](https://evil.example)."
    start, end = text.index("Second"), text.index(" After")
    citation = Citation(1, ArticleInfo("a", "a.md", "T"), text[start:end], start, end, 2, None, 13, len(text))
    shown = passage_post(citation, "unchanged", text, (start, end), "id", [1]).cards[0].description
    assert "> \\# Head \\*one\\*" in shown
    assert "> First part. **Second**\n> **part\\_ends.** After \\[x\\](https\\://evil.example)." in shown


def test_long_answers_go_on_in_further_messages_with_the_buttons_at_the_end() -> None:
    """Each part ends with a sentence; sources and buttons come last."""
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


def test_an_answer_without_end_does_not_flood_the_channel() -> None:
    """What is posted is bounded, and says that it was cut."""
    endless = Answer("q", "q", "answered", (Sentence("I go on and on.", (), "supported", " "),) * 10_000)
    posts = answer_posts(replace(endless, complete=True))
    assert len(posts) <= 5
    assert "too long to be posted here" in posts[-1].cards[-1].description


def test_words_that_no_source_has_bear_a_dagger_that_is_explained() -> None:
    """In place, after the word, within emphasis; the line below repeats the words. Code is left alone."""
    text = "It paid **40 crowns** to Orla Finch, see `41`."
    spans = [(text.index(w), text.index(w) + len(w)) for w in ("40", "Orla Finch", "41")]
    sentence = Sentence(text, (1,), "unsupported", missing=tuple(UnsupportedSpan(*span) for span in spans))
    citation = Citation(1, ArticleInfo("a", "a.txt", "T"), "quote", 0, 5, 1, None, 0, 5)
    answer = Answer(
        "q", "q", "answered", (sentence,), (citation,), mode="model", complete=True, id="abcdefghij"
    )
    card = answer_posts(answer)[0].cards[0]
    assert card.description == "It paid **40† crowns** to Orla Finch†, see `41`. [1] [?]"
    assert "† in no passage that is cited there: 40, Orla Finch" in answer_posts(answer)[-1].cards[-1].footer
    growing = growing_posts(replace(answer, complete=False))[0].cards[0]
    assert growing.description == "It paid **40 crowns** to Orla Finch, see `41`. [1]"


def test_what_speaks_against_an_answer_stands_below_it() -> None:
    """A paragraph of its own, escaped, its markers not."""
    citation = Citation(1, ArticleInfo("a", "a.txt", "T"), "quote", 0, 5, 1, None, 0, 5)
    against = Contradiction("articles", "Articles differ: The *Quay* says 11.", (1,))
    said = Sentence("It met 12.", (1,), "supported")
    answer = Answer("q", "q", "answered", (said,), (citation,), contradictions=(against,), complete=True)
    shown = answer_posts(answer)[0].cards[0].description
    assert shown == "It met 12. [1]\n\nArticles differ: The \\*Quay\\* says 11. [1]"
