"""A model's text becomes sentences with the hits they cite, whatever form its citations have."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.reply.answer_parser import Draft, read_draft

COUNT = 4
TITLES = [
    "Harbour town bans delivery drones",
    "Ferry line tests an electric boat",
    "A third title here",
    "Fourth",
]


def read(text: str) -> list[tuple[str, tuple[int, ...]]]:
    """(sentence, cited passages counted from 1) of a whole answer."""
    draft = read_draft(text, COUNT, TITLES)
    return [(sentence.text, tuple(hit + 1 for hit in sentence.hits)) for sentence in draft.sentences]


ONE = [("It met 11 firms.", (1,)), ("It left.", (2,))]
BOTH = [("It met 11 firms.", (1, 2)), ("It left.", (3,))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It met 11 firms [1]. It left [2].", ONE),
        ("It met 11 firms. [1] It left. [2]", ONE),
        ("It met 11 firms.[1] It left.[2]", ONE),
        ("It met 11 firms【1】. It left【2†L3-L5】.", ONE),
        ("It met 11 firms［1］. It left〔2〕.", ONE),
        ("It met 11 firms [(1)][1]. It left [(2)].", ONE),
        ("<co: 1>It met 11 firms</co: 1>. <co: 2>It left</co: 2>.", ONE),
        ("It met 11 firms <co: 1>. It left <co: 2>.", ONE),
        ("It met 11 firms (1). It left (2).", ONE),
        ("It met 11 firms. (1) It left. (2)", ONE),
        ("It met 11 firms (passage 1). It left (see source 2).", ONE),
        ("It met 11 firms ([1]). It left (see [2]).", ONE),
        ("It met 11 firms [[1]]. It left [[2]](https://x.example/2).", ONE),
        ("It met 11 firms [Passage 1]. It left [source: 2].", ONE),
        ("It met 11 firms [^1]. It left.[^2]", ONE),
        ("It met 11 firms [^1^]. It left.[^2^]", ONE),
        ("It met 11 firms.¹ It left.²", ONE),
        ("It met 11 firms<sup>1</sup>. It left <cite>[2]</cite>.", ONE),
        ("It met 11 firms\\cite{1}. It left $^{[2]}$.", ONE),
        ("[1] It met 11 firms.\n[2] It left.", ONE),
        ("It met 11 firms.\n[1]\nIt left.\n[2]", ONE),
        ("It met 11 firms [1, 2]. It left [3].", BOTH),
        ("It met 11 firms [1][2]. It left [3].", BOTH),
        ("It met 11 firms [1], [2]. It left [3].", BOTH),
        ("It met 11 firms [1] [2]. It left [3].", BOTH),
        ("It met 11 firms [1-2]. It left [3].", BOTH),
        ("It met 11 firms [1–2]. It left [03].", BOTH),
        ("It met 11 firms [1; 2]. It left [#3].", BOTH),
        ("It met 11 firms [1 and 2]. It left [3,].", [("It met 11 firms.", (1, 2)), ("It left [3,].", ())]),
        ("It met 11 firms (1, 2). It left (3).", BOTH),
        (
            "It met 11 firms [1] with its staff [2]. It left [3].",
            [("It met 11 firms with its staff.", (1, 2)), BOTH[1]],
        ),
        ("It met 11 firms [1. It left 2].", ONE),
        ("It met 11 firms [1]. It left [2]. [", ONE),
        ("It met 11 firms [1]. It left [2]. [3", ONE),
        ("It met 11 firms [1]. It left. [2][3,", ONE),
        ("It met 11 firms [1][9]. It left [2, 17].", ONE),
        ("It met 11 firms [0][1]. It left [2][2].", ONE),
        ("It met 11 firms [1]. It left [2-2].", ONE),
        ("- It met 11 firms. [1]\n- It left. [2]", ONE),
        ("1. It met 11 firms. [1]\n2. It left. [2]", ONE),
        ("## Answer\n\nIt met 11 firms. [1]\n\n---\n\nIt left. [2]", ONE),
        ("**Answer:** It met 11 firms. [1] It left. [2]", ONE),
    ],
)
def test_every_form_of_citation_is_read(text: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    """Markers go, invented numbers vanish, each sentence keeps the passages it cites."""
    assert read(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "It met 11 firms [1]. It left [2].\n\nSources:\n[1] Harbour town bans drones\n[2] Ferry line",
        "It met 11 firms [1]. It left [2].\n\n**Sources**\n1. Harbour town\n2. Ferry line, 2022",
        "It met 11 firms [1]. It left [2].\n\nReferences: [1], [2]",
        "It met 11 firms [1]. It left [2].\n\nSources : [1], [2]",
        "It met 11 firms [1]. It left [2].\n\n## References\n- [1] The Quay, https://quay.example",
        "It met 11 firms [1]. It left [2].\n\n[1]: https://quay.example\n[2]: Ferry line",
        "It met 11 firms [^1]. It left [^2].\n\n[^1]: The Quay, 4 March 2022\n[^2]: Northern Ledger",
        "It met 11 firms [^a]. It left [^b].\n\n[^a]: Passage 1\n[^b]: [2] Northern Ledger",
        "It met 11 firms [^2]. It left [^1].\n\n[^1]: Passage 2\n[^2]: Passage 1",
        "It met 11 firms [1]. It left [2].\n[1] Harbour town bans delivery drones, The Quay",
        '{"answer": "It met 11 firms [1]. It left [2]."}',
        '```json\n{"answer": "It met 11 firms [1]. It left [2].", "confidence": 0.9}\n```',
        '{"sentences": [{"text": "It met 11 firms.", "citations": [1]}, {"text": "It left.", "ref": "[2]"}]}',
        '[{"sentence": "It met 11 firms.", "passage": 1}, {"sentence": "It left.", "refs": [{"id": "2"}]}]',
        'Here is the JSON:\n{"answer": "It met 11 firms [1]. It left [2]."}'[18:],
        '{"answer": "It met 11 firms [1]. It left [2].", "citat',
        "```markdown\nIt met 11 firms [1]. It left [2].\n```",
        "<think>It says 12 [3]? No, 11.</think>\n\nIt met 11 firms [1]. It left [2].",
        "It says 12 [3]? No, 11.</think>It met 11 firms [1]. It left [2].",
        "<answer>It met 11 firms [1]. It left [2].</answer>",
        "It met 11 firms [1]. It left [2].\n\nQuestion: And the mayor?\nAnswer: She stayed. [3]",
        "Question: How many?\nAnswer: It met 11 firms [1]. It left [2].",
        "<script>alert(1)</script>It met 11 firms [1]. <b>It left</b> [2].<!-- [3] -->",
        "It met 11 firms\x1b[31m [1]\x1b]8;;https://evil.example\x07. It left [2].",
        "It met 11 firms\u200b [\u200b1]. It left [2\u200b].\x1b",
    ],
)
def test_what_is_wrapped_around_an_answer_goes(text: str) -> None:
    """Lists of sources, footnotes, JSON, fences, hidden reasoning, unseen characters."""
    assert read(text) == ONE


def test_citations_named_only_at_the_end_count_for_all() -> None:
    """A model that lists its sources once has cited them for every sentence."""
    expected = [("It met 11 firms.", (1, 3)), ("It left.", (1, 3))]
    assert read("It met 11 firms. It left.\n\nSources: [1], [3]") == expected
    assert read('{"answer": "It met 11 firms. It left.", "citations": [1, 3]}')[1] == ("It left.", (1, 3))


@pytest.mark.parametrize(
    "text",
    [
        "It began in (2021) and the law of (5) April held.",
        "It cost $5 million, see chapter (1) of the book.",
        "The array is `a[1]` in code.",
        "It grew to 10 m² and 10³ litres.",
        "He said [sic] it [the firm] left.",
        "Use f(1) and g(2) here.",
        "See passage 9 of the book.",
    ],
)
def test_what_is_no_citation_stays(text: str) -> None:
    """Years, enumerations, code, units and the words of an editor in brackets are text."""
    assert read(text) == [(text, ())]


def test_code_and_lists_keep_their_shape() -> None:
    """White space, list marks and fences come back from leads and texts."""
    text = "Look:\n\n- One is so. [1]\n- Two is so. [2]\n\n```py\na[1] = 2\n```\n\nDone. [3]"
    draft = read_draft(text, COUNT)
    shown = "".join(sentence.lead + sentence.text for sentence in draft.sentences)
    assert shown == "Look:\n\n- One is so.\n- Two is so.\n\n```py\na[1] = 2\n```\n\nDone."
    assert [sentence.hits for sentence in draft.sentences] == [(), (0,), (1,), (), (2,)]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Read [more here](https://evil.example/?q=1) now. [1]", "Read more here now."),
        ("So it is. ![beacon](https://evil.example/p.png?q=secret) [1]", "So it is."),
        ("According to [1], the firm left.", "According to the article, the firm left."),
        ("According to passage 1, the firm left.", "According to the article, the firm left."),
        ("[1] reports that the firm left.", "The article reports that the firm left."),
        ("Passages 1 and 2 agree on that.", "The articles agree on that."),
    ],
)
def test_links_and_leaning_words_are_mended(text: str, plain: str) -> None:
    """A link is its words, a picture is nothing, a marker that is part of the grammar becomes a noun."""
    (sentence,) = read_draft(text, COUNT).sentences
    assert sentence.text == plain
    assert 0 in sentence.hits


@pytest.mark.parametrize(
    "text",
    [
        "NOT_FOUND",
        " **NOT_FOUND**.",
        '"NOT_FOUND"',
        "NOT FOUND",
        "NOT_FOUND. The passages are about drones.",
        "The passages do not say. NOT_FOUND",
        '{"answer": "NOT_FOUND", "citations": []}',
        '{"not_found": true}',
        "The provided passages do not mention the mayor's age.",
        "I'm sorry, but the articles don't contain that information.",
        "<think>Nothing there.</think>NOT_FOUND",
    ],
)
def test_not_in_the_articles_is_not_found(text: str) -> None:
    """Said with the token or in the usual words, and nothing cited: not found, no sentence."""
    assert read_draft(text, COUNT) == Draft((), True, not_found=True)


def test_a_partial_answer_is_an_answer() -> None:
    """What is cited stays, also when the model adds that something is missing."""
    draft = read_draft("The mayor is Odile Brandt. [1] NOT_FOUND", COUNT)
    assert not draft.not_found
    assert [sentence.text for sentence in draft.sentences] == ["The mayor is Odile Brandt."]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("The mayor is Odile Brandt. **[1]**", "The mayor is Odile Brandt."),
        ("The mayor is Odile Brandt. \\[1\\]", "The mayor is Odile Brandt."),
        ("The mayor is Odile Brandt. [ID:1]", "The mayor is Odile Brandt."),
        ("The mayor is Odile Brandt. [Source 1]", "The mayor is Odile Brandt."),
        ("The mayor is Odile Brandt. [1] NOT_FOUND for the second part.", "The mayor is Odile Brandt."),
        ("The battery was glued in [1].", "The battery was glued in."),
        ("According to [1], the mayor left.", "According to The Quay, the mayor left."),
        ("Passage 2 says 412, passage 1 says 385. [1]", "The Ledger says 412, The Quay says 385."),
        ("[1][2] report that he left.", "The Quay and The Ledger report that he left."),
    ],
)
def test_only_markers_are_removed_and_nouns_become_publishers(text: str, plain: str) -> None:
    """The words stay as the model wrote them; a marker used as a noun becomes the publisher's name."""
    (sentence,) = read_draft(text, COUNT, TITLES, ["The Quay", "The Ledger", "The Quay", "Fourth"]).sentences
    assert sentence.text == plain
    assert 0 in sentence.hits


def test_a_table_keeps_its_structure() -> None:
    """Rows are units with their own citations; the head and the delimiter row are layout."""
    text = (
        "Fees:\n\n| Port | Fee |\n|---|---:|\n| Tern | 4 [1] |\n| Quay | 5 | [2]\n\n### Later\n\nIt rose. [3]"
    )
    draft = read_draft(text, COUNT)
    assert [(s.text, s.hits) for s in draft.sentences] == [
        ("Fees:", ()),
        ("Tern | 4", (0,)),
        ("Quay | 5", (1,)),
        ("It rose.", (2,)),
    ]
    assert (draft.sentences[1].lead, draft.sentences[1].tail) == ("\n\n| Port | Fee |\n|---|---:|\n| ", " |")
    assert draft.sentences[3].lead == "\n\n### Later\n\n"


def test_a_growing_table_shows_whole_rows_only() -> None:
    """A head without its delimiter row would be shown as a sentence, and half a row as a whole one."""
    text = "Fees:\n\n| Port | Fee |\n|---|---|\n| Tern | 4 |\n"
    shown = {
        s.text for end in range(len(text)) for s in read_draft(text[:end], COUNT, complete=False).sentences
    }
    assert {words for words in shown if "|" in words or "Port" in words or "Tern" in words} <= {"Tern | 4"}


def test_a_bold_line_with_a_citation_is_an_answer() -> None:
    """Alone and without a citation it is a heading."""
    assert read("**42 million crowns** [1]") == [("**42 million crowns**", (1,))]
    assert read("**Fines**\n\nIt paid 42. [1]") == [("It paid 42.", (1,))]


def test_a_call_of_a_tool_is_no_answer() -> None:
    """JSON without text shows nothing; the caller tells that there was no sentence."""
    assert read_draft('{"tool": "delete", "arguments": {"path": "/"}}', COUNT) == Draft((), True)


def test_a_fence_of_tildes_is_code() -> None:
    """It is shown as the fence that every renderer knows, and its brackets are not citations."""
    first, second = read_draft("~~~python\nx = y[1]\n~~~\nIt left. [2]", COUNT).sentences
    assert (first.text, first.hits) == ("```python\nx = y[1]\n```", ())
    assert (second.text, second.hits) == ("It left.", (1,))


def test_a_line_within_a_list_item_stays_in_it() -> None:
    """Its indentation says so."""
    first, second = read_draft("1. It met 11 firms. [1]\n   It left. [2]", COUNT).sentences
    assert (first.lead + first.text, second.lead + second.text) == (
        "1. It met 11 firms.",
        "\n   It left.",
    )


def test_an_open_block_of_code_is_closed() -> None:
    """It would swallow the sources that are shown below it."""
    assert read("It left. [1]\n```\n") == [("It left.", (1,))]
    assert read("So:\n```\ncode")[1] == ("```\ncode\n```", ())


@given(
    st.lists(
        st.tuples(st.sampled_from(["It left", "Ann met 11 firms", "He said no"]), st.integers(1, 6)),
        min_size=1,
    )
)
def test_cited_sentences_come_back_as_they_were(facts: list[tuple[str, int]]) -> None:
    """The form that the prompt asks for is read without loss."""
    text = " ".join(f"{words}. [{number}]" for words, number in facts)
    expected = [(f"{words}.", (number,) if number <= COUNT else ()) for words, number in facts]
    assert read(text) == expected
