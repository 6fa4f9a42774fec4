"""Answers of a model in Markdown, with the verdict of each sentence, for tests of every output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import strategies as st

from bot.answer import Answer, Citation, Sentence, Support, UnsupportedSpan
from bot.reply.answer_parser import read_draft
from retrieval.article import ArticleInfo

INFO = ArticleInfo("a.txt", "a.txt", "Harbour fees", "The Quay", published="2024-08-30")
TEXT = """## Fees

The harbour **raised its fees** in May. [1]

- It has `two | three` piers. [1]
- Gulls pay nothing. [2]

| port | fee |
|:---|---:|
| Tern | 4 [1] |
| Ouse | 9 [2] |

> Fees are fair. [2]

```py
print(4 + 9)
```
[1]
"""
VERDICTS: Mapping[str, Support] = {"Gulls pay nothing.": "unsupported", "Ouse | 9": "contradicted"}
MISSING = {"Ouse | 9": UnsupportedSpan(7, 8)}


def markdown_answer(text: str = TEXT) -> Answer:
    """The answer that a model's *text* makes, with the verdicts above; its markers are 1 and 2."""
    sentences = tuple(
        Sentence(
            sentence.text,
            tuple(hit + 1 for hit in sentence.hits),
            VERDICTS.get(sentence.text, "supported"),
            sentence.lead,
            missing=(MISSING[sentence.text],) if sentence.text in MISSING else (),
            tail=sentence.tail,
        )
        for sentence in read_draft(text, 2).sentences
    )
    quote = "The fee is 4 crowns."
    citations = tuple(Citation(number, INFO, quote, 0, len(quote), 1, None, 0, 20) for number in (1, 2))
    return Answer(
        "Fees?", "Fees?", "answered", sentences, citations, mode="model", model="m-1", complete=True
    )


_FRAGMENTS = (
    *("word", "40", "Tern", " ", "  ", "\n", "\n\n", "|", "| ", "\n| a | b |\n|---|---|\n| ", "\n# ", "\n- "),
    *(
        "\n1. ",
        "\n> ",
        "\n---\n",
        "**",
        "*",
        "_",
        "`",
        "``",
        "```",
        "\n```\n",
        "\n~~~\n",
        "\n    ",
        "\\",
        "||",
    ),
    *("[1]", "](https://evil.example)", "[free](https://evil.example)", "![x](https://evil.example/x.png)"),
    *("<img src=x onerror=alert(1)>", "</p>", "<!--", "<https://evil.example>", "&#64;everyone", "&lt;b&gt;"),
    *(
        "@everyone",
        "<@1>",
        "discord.gg/abc",
        "\x1b[31m",
        "\u202e",
        "&#27;[2J",
        "&#x202e;",
        "\ufdd0",
        "\U000f0000",
    ),
    *("[1]: https://evil.example", "-# ", "==="),
)
hostile_markdown = st.lists(st.sampled_from(_FRAGMENTS) | st.text(max_size=4), max_size=12).map("".join)
hostile_sentences = st.builds(
    Sentence,
    text=hostile_markdown,
    citations=st.lists(st.integers(1, 2), max_size=2, unique=True).map(tuple),
    support=st.sampled_from(["supported", "neutral", "unsupported", "contradicted"]),
    lead=hostile_markdown,
    missing=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=2).map(
        lambda spans: tuple(UnsupportedSpan(*sorted(span)) for span in spans)
    ),
    calculations=st.lists(hostile_markdown, max_size=1).map(tuple),
    tail=st.just("") | st.just(" |") | hostile_markdown,
)
hostile_answers = st.lists(hostile_sentences, min_size=1, max_size=6).map(
    lambda sentences: replace(markdown_answer(), sentences=tuple(sentences))
)
