"""What answers and passages look like as text, and that nothing of an article can command a terminal."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace

from fakes import FERRY, HARBOUR, HOSTILE, passages
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from bot.answer import Answer, Citation, Sentence
from bot.rendering.quote_view import passage_view
from bot.rendering.text_rendering import (
    excerpt,
    plain_answer,
    plain_hits,
    sanitize,
    sanitize_line,
    source_line,
)
from bot.terminal.chat.transcript import as_markdown
from bot.terminal.screen import Screen
from retrieval.article import ArticleInfo, Dropped
from retrieval.hit import Hit
from retrieval.passage import Passage

DIRECTIONS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
nasty = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x1b[]\\;?0m1PX^_\x07\x9b\x9d\x9c\x90\x00\x08\r\n\t\x85\u2028\u202e\u2066\ufeff\x7f"
        ),
    )
)


def is_harmless(text: str) -> bool:
    return not any(
        (unicodedata.category(each) in {"Cc", "Cs"} and each != "\n") or each in DIRECTIONS for each in text
    )


@given(nasty)
def test_no_control_survives(text: str) -> None:
    """Whatever an article holds, the terminal gets no control but the line end, and no direction override."""
    assert is_harmless(sanitize(text))
    assert "\n" not in sanitize_line(text)
    sanitize(text).encode("utf-8")


@given(nasty)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    """What is clean stays as it is: no sequence is put together out of the rest of two."""
    assert sanitize(sanitize(text)) == sanitize(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\u180e")))
def test_ordinary_text_is_shown_as_it_is(text: str) -> None:
    """Letters, marks, digits, emoji and line ends are kept."""
    assert sanitize(text + "\n🦊 é") == text + "\n🦊 é"


def test_escape_sequences_go_as_a_whole() -> None:
    """Nothing of a colour or a window title is left as litter."""
    assert sanitize("a\x1b[1;31mred\x1b[0m b\x1b]0;title\x07c\x9b2Jd\x1b(Be") == "ared bcde"


def test_an_unfinished_string_hides_no_further_line() -> None:
    """A title that never ends takes the rest of its line, not of the article."""
    assert sanitize("one \x1b]0;never\ntwo") == "one \ntwo"


@given(nasty, st.data())
def test_views_are_harmless_and_whole(text: str, data: st.DataObject) -> None:
    """A passage is shown for any span of any text; the quote in it is the quote, cleaned."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    view = passage_view(text, start, end, start, end)
    assert is_harmless(view.plain())
    assert view.quote == sanitize(text[start:end])


def test_a_passage_is_shown_with_some_words_around() -> None:
    """Surroundings are whole words, and an ellipsis says that the article goes on."""
    text = "word " * 200 + "Here it is." + " more" * 200
    start = text.index("Here")
    view = passage_view(text, start, start + 11, start, start + 11)
    assert view.plain().startswith("…word word")
    assert view.plain().endswith("more more…")
    assert "»Here it is.«" in view.plain()
    assert len(view.plain()) < 600


def test_clutter_is_left_out_of_the_surroundings() -> None:
    """Adverts between paragraphs are not shown around a quote; the quote itself is untouched."""
    text = "First paragraph.\n\nAdvertisement\n\nHere it is.\n\nRead more\n"
    advert, more, quote = (text.index(words) for words in ("Advertisement", "Read more", "Here"))
    dropped = [Dropped(3, advert, advert + 13, "advertisement"), Dropped(7, more, more + 9, "related link")]
    view = passage_view(text, quote, quote + 11, quote, quote + 11, dropped)
    assert view.plain() == "First paragraph.\n\n»Here it is.«"


def make_answer() -> Answer:
    passage = passages(HARBOUR)[1]
    quotes = [HARBOUR.text[start:end] for start, end in passage.sentences]
    citations = tuple(
        Citation(number, HARBOUR.info, quote, *span, passage.line, None, passage.start, passage.end)
        for number, (quote, span) in enumerate(zip(quotes, passage.sentences, strict=True), 1)
    )
    sentences = (Sentence(quotes[0], (1,), "supported"), Sentence(quotes[1], (2,), "supported", " "))
    return Answer("Q", "Q", "answered", sentences, citations, complete=True)


def test_a_plain_answer() -> None:
    """Sentences with markers, then a line for each source."""
    assert plain_answer(make_answer()) == (
        "The council of Larkhaven banned delivery drones on Friday. [1] "
        "Seven of nine members voted for the ban. [2]\n\n"
        "[1] Harbour town bans delivery drones · The Quay · 2022-03-04 · harbour.txt:3\n"
        "[2] Harbour town bans delivery drones · The Quay · 2022-03-04 · harbour.txt:3"
    )


def test_what_is_not_supported_is_marked() -> None:
    """A sentence below "supported" carries a sign, and the sign is explained."""
    answer = make_answer()
    doubtful = replace(answer.sentences[1], support="unsupported")
    text = plain_answer(replace(answer, sentences=(answer.sentences[0], doubtful)))
    assert "voted for the ban. [2] [?]" in text
    assert text.endswith("[?] not said by any passage it cites")


def test_how_an_answer_came_to_be_is_said_first() -> None:
    """The line about it stands above the answer, which it calls the one below."""
    text = plain_answer(replace(make_answer(), notice="The answer below is selected from the articles."))
    assert text.startswith("The answer below is selected from the articles.\n\nThe council")


def test_nothing_found_says_why_and_what_is_near() -> None:
    """One sentence with the reason, then the nearest passages."""
    hits = tuple(Hit(passage, 0.1, 1, None) for passage in passages(FERRY)[2:])
    answer = Answer("Q", "Q", "not_found", reason="no passage is near the question", nearest=hits)
    assert plain_answer(answer) == (
        "The articles do not answer this: no passage is near the question.\n\n"
        "Nearest passages:\n"
        "[1] Ferry line tests an electric boat · Northern Ledger · 2022-05-11 · ferry.md:5\n"
        "    The boat cost 3.2 million crowns, said captain Jon Aske."
    )


def test_hostile_titles_and_texts_are_harmless() -> None:
    """Titles and passages of articles are cleaned wherever they are shown."""
    passage = passages(HOSTILE)[0]
    assert is_harmless(plain_hits([Hit(passage, 1.0)]))
    assert plain_hits([Hit(passage, 1.0)]).startswith("[1] A red title · 2022-06-01 · hostile.txt:1")


@given(nasty, nasty, nasty)
def test_whatever_an_answer_holds_is_shown_harmless(text: str, title: str, path: str) -> None:
    """Sentences, titles, names, paths, quotes, notices and reasons all are cleaned, on pipes and screens."""
    info = ArticleInfo(
        id=path or "x", path=path, title=title, publisher=text, published="2022-03-04", url=title
    )
    citation = Citation(1, info, text, 0, len(text), 1, title, 0, len(text))
    sentence = Sentence(text, (1,), "partly")
    passage = Passage(info, text, 0, len(text), 1, title, ((0, len(text)),))
    found = Answer(title, title, "answered", (sentence,), (citation,), notice=text, mode="model")
    missing = replace(found, status="not_found", reason=text, nearest=(Hit(passage, 1.0),))
    for answer in (found, replace(found, mode="extractive"), missing):
        console = Console(file=io.StringIO(), width=60, force_terminal=True, color_system=None, markup=False)
        screen = Screen(console)
        screen.answer(answer)
        screen.passage(citation, "unchanged", passage_view(text, 0, len(text), 0, len(text)))
        assert isinstance(console.file, io.StringIO)
        for shown in (plain_answer(answer), as_markdown([answer]), console.file.getvalue()):
            assert is_harmless(shown)


def test_long_texts_are_cut_at_a_word() -> None:
    """An excerpt ends with a whole word and an ellipsis."""
    assert excerpt("one two three four", 12) == "one two…"
    assert excerpt("short") == "short"
    assert source_line(make_answer().citations[0]).endswith("harbour.txt:3")
