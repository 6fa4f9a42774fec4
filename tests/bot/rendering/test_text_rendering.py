"""Text rendering of answers and passages, and sanitizing of hostile text."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import pytest
from fakes import FERRY, HARBOUR, HOSTILE, passages
from hypothesis import given
from hypothesis import strategies as st
from markdown_answers import hostile_answers, markdown_answer
from rich.console import Console

from bot.answer import Answer, Citation, Sentence
from bot.answering import ONLY_WORDS_CHECKED
from bot.rendering.quote_view import passage_view
from bot.rendering.sanitize import sanitize, sanitize_line
from bot.rendering.text_rendering import (
    answer_text,
    excerpt,
    legend_lines,
    plain_answer,
    plain_hits,
    source_line,
    why_lines,
)
from bot.terminal.chat.transcript import as_markdown
from bot.terminal.screen import Screen
from retrieval.article import ArticleInfo, Dropped
from retrieval.hit import Hit
from retrieval.passage import Passage

DIRECTIONS = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
hostile_text = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x1b[]\\;?0m1PX^_\x07\x9b\x9d\x9c\x90\x00\x08\r\n\t\x85\u2028\u202e\u2066\ufeff\x7f"
        ),
    )
)


def is_safe(text: str) -> bool:
    return not any(
        (unicodedata.category(character) in {"Cc", "Cs"} and character != "\n") or character in DIRECTIONS
        for character in text
    )


@given(hostile_text)
def test_control_characters_are_removed(text: str) -> None:
    """Only line feeds remain; direction overrides are removed too."""
    assert is_safe(sanitize(text))
    assert "\n" not in sanitize_line(text)
    sanitize(text).encode("utf-8")


@given(hostile_text)
def test_sanitizing_is_idempotent(text: str) -> None:
    """Removing a sequence never creates another one."""
    assert sanitize(sanitize(text)) == sanitize(text)


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\u180e")))
def test_ordinary_text_is_unchanged(text: str) -> None:
    """Letters, marks, digits, emoji and line feeds are kept."""
    assert sanitize(text + "\n🦊 é") == text + "\n🦊 é"


def test_escape_sequences_are_removed_completely() -> None:
    """No remains of colour codes or window titles are left."""
    assert sanitize("a\x1b[1;31mred\x1b[0m b\x1b]0;title\x07c\x9b2Jd\x1b(Be") == "ared bcde"


def test_an_unterminated_escape_string_ends_at_the_line() -> None:
    """It removes the rest of its line, not of the article."""
    assert sanitize("one \x1b]0;never\ntwo") == "one \ntwo"


@given(hostile_text, st.data())
def test_quote_views_are_safe_and_complete(text: str, data: st.DataObject) -> None:
    """For any span of any text; the quote in the view is the sanitized quote."""
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    view = passage_view(text, start, end, start, end)
    assert is_safe(view.plain())
    assert view.quote == sanitize(text[start:end])


def test_a_passage_view_has_context() -> None:
    """The context consists of whole words, with an ellipsis where text is omitted."""
    text = "word " * 200 + "Here it is." + " more" * 200
    start = text.index("Here")
    view = passage_view(text, start, start + 11, start, start + 11)
    assert view.plain().startswith("…word word")
    assert view.plain().endswith("more more…")
    assert "»Here it is.«" in view.plain()
    assert len(view.plain()) < 600


def test_boilerplate_is_left_out_of_the_context() -> None:
    """Adverts between paragraphs are not shown; the quote is unchanged."""
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
    """Sentences with citation markers, then one line per source."""
    assert plain_answer(make_answer()) == (
        "The council of Larkhaven banned delivery drones on Friday. [1] "
        "Seven of nine members voted for the ban. [2]\n\n"
        "[1] Harbour town bans delivery drones · The Quay · 2022-03-04 · harbour.txt:3\n"
        "[2] Harbour town bans delivery drones · The Quay · 2022-03-04 · harbour.txt:3"
    )


def test_unsupported_sentences_are_marked() -> None:
    """The marks are explained below the answer."""
    answer = make_answer()
    contradicted = replace(answer.sentences[0], support="contradicted")
    unsupported = replace(answer.sentences[1], support="unsupported")
    text = plain_answer(replace(answer, sentences=(contradicted, unsupported)))
    assert "drones on Friday. [1] [!] Seven" in text
    assert "voted for the ban. [2] [?]" in text
    assert text.endswith("[?] not in the passages\n[!] the passages say otherwise")


def test_neutral_sentences_have_no_mark() -> None:
    """A check that cannot confirm says nothing."""
    answer = make_answer()
    neutral = tuple(replace(sentence, support="neutral") for sentence in answer.sentences)
    assert plain_answer(replace(answer, sentences=neutral)) == plain_answer(answer)


def test_the_legend_tells_what_was_not_checked() -> None:
    """In one line, unless the notice has said so; nothing if a model checked every sentence."""
    answer = replace(make_answer(), mode="model")
    assert legend_lines(replace(answer, checked="model")) == []
    assert legend_lines(replace(answer, checked="off")) == ["The sentences were not checked."]
    assert legend_lines(replace(answer, checked="words")) == [ONLY_WORDS_CHECKED]
    failed = replace(answer, checked="words", notice=f"The check failed. {ONLY_WORDS_CHECKED}")
    assert legend_lines(failed) == []
    assert plain_answer(failed).count(ONLY_WORDS_CHECKED) == 1


def test_calculations_are_shown() -> None:
    """A recomputed figure is not in the articles, so the reader sees where it comes from."""
    answer = make_answer()
    computed = replace(answer.sentences[0], calculations=("412 - 385 = 27", "7 / 9 = 78 %"))
    answer = replace(answer, sentences=(computed,))
    assert plain_answer(answer).endswith("calculated: 412 - 385 = 27; 7 / 9 = 78 %")
    many = replace(computed, calculations=tuple(f"{n} + 1 = {n + 1}" for n in range(9)))
    assert legend_lines(replace(answer, sentences=(many,)))[0].endswith("4 + 1 = 5; …")


def test_plain_text_keeps_the_markdown_of_a_model() -> None:
    """A pipe gets the structure as text, with marks inside the cells and below the fence."""
    text = plain_answer(markdown_answer())
    assert text.startswith("## Fees\n\nThe harbour **raised its fees** in May. [1]\n\n- It has")
    assert "\n| port | fee |\n|:---|---:|\n| Tern | 4 [1] |\n| Ouse | 9 [2] [!] |\n" in text
    assert "\n```py\nprint(4 + 9)\n```\n[1]\n" in text


def test_the_notice_comes_first() -> None:
    """Notices refer to "the answer below"."""
    text = plain_answer(replace(make_answer(), notice="The answer below is selected from the articles."))
    assert text.startswith("The answer below is selected from the articles.\n\nThe council")


def test_not_found_shows_reason_and_closest_passages() -> None:
    """One sentence with the reason, then the passages."""
    hits = tuple(Hit(passage, 0.1, 1, None) for passage in passages(FERRY)[2:])
    answer = Answer("Q", "Q", "not_found", reason="no passage is near the question", nearest=hits)
    assert plain_answer(answer) == (
        "The articles do not answer this: no passage is near the question.\n\n"
        "Nearest in the articles:\n"
        "[1] Ferry line tests an electric boat · Northern Ledger · 2022-05-11 · ferry.md:5\n"
        "    The boat cost 3.2 million crowns, said captain Jon Aske."
    )


def test_hostile_titles_and_texts_are_sanitized() -> None:
    """In titles and in passages."""
    passage = passages(HOSTILE)[0]
    assert is_safe(plain_hits([Hit(passage, 1.0)]))
    assert plain_hits([Hit(passage, 1.0)]).startswith("[1] A red title · 2022-06-01 · hostile.txt:1")


@given(hostile_answers)
def test_headings_and_table_heads_are_sanitized(answer: Answer) -> None:
    """Leads and tails are words of the model, too."""
    assert all(is_safe(shown) for shown in all_outputs(answer))


@given(hostile_text, hostile_text, hostile_text)
def test_every_field_of_an_answer_is_sanitized(text: str, title: str, path: str) -> None:
    """Sentences, titles, names, paths, quotes, notices and reasons; in plain text, Markdown and terminals."""
    info = ArticleInfo(
        id=path or "x", path=path, title=title, publisher=text, published="2022-03-04", url=title
    )
    citation = Citation(1, info, text, 0, len(text), 1, title, 0, len(text))
    sentence = Sentence(text, (1,), "contradicted", text, calculations=(text,), tail=text)
    passage = Passage(info, text, 0, len(text), 1, title, ((0, len(text)),))
    found = Answer(title, title, "answered", (sentence,), (citation,), notice=text, mode="model")
    missing = replace(found, status="not_found", reason=text, nearest=(Hit(passage, 1.0),))
    for answer in (found, replace(found, mode="extractive"), missing):
        assert all(is_safe(shown) for shown in all_outputs(answer))
    console = make_console()
    Screen(console).passage(citation, "unchanged", passage_view(text, 0, len(text), 0, len(text)))
    assert is_safe(written_to(console))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("a.md", "The new pier of 4 * 5 slots, said harbour_office and Odile (1). [1]"),
        ("a.txt", "The **new *pier*** of 4 * 5 slots, said `harbour_office` and [Odile](x.html) (1). [1]"),
    ],
)
def test_quotes_of_markdown_articles_are_shown_without_its_marks(path: str, shown: str) -> None:
    """The citation keeps them: it is exact."""
    quote = "The **new *pier*** of 4 * 5 slots, said `harbour_office` and [Odile](x.html) (1)."
    citation = Citation(1, ArticleInfo(path, path, "Pier"), quote, 0, len(quote), 1, None, 0, len(quote))
    answer = Answer("?", "?", "answered", (Sentence(quote, (1,), "supported"),), (citation,))
    assert answer_text(answer) == shown
    assert answer.citations[0].quote == quote


def make_console() -> Console:
    return Console(file=io.StringIO(), width=60, force_terminal=True, color_system=None, markup=False)


def written_to(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def all_outputs(answer: Answer) -> Iterator[str]:
    """An answer as plain text, with the reasons for its marks, as Markdown, and in a terminal."""
    yield plain_answer(answer)
    yield "\n".join(why_lines(answer))
    yield as_markdown([answer])
    console = make_console()
    Screen(console).answer(answer)
    yield written_to(console)


def test_excerpts_are_truncated_at_a_word() -> None:
    """They end with a whole word and an ellipsis."""
    assert excerpt("one two three four", 12) == "one two…"
    assert excerpt("short") == "short"
    assert source_line(make_answer().citations[0]).endswith("harbour.txt:3")
