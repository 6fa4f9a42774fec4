"""Random hostile questions, articles and model texts, reproducible by seed."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from bot.answer import Answer, Citation, Sentence, Usage
from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.passage import Passage

# ruff: noqa: E501
PARTS = (
    "@everyone @here <@123> <@&5> <#7> </ask:9> <t:1:R> discord.gg/abc https://discord.com/invite/x ``` ` `` \\ || "
    "[free](https://evil.example) ](http://evil.example) [1] [99] ** __ ~~ > -# https://evil.example/a_b 😀 👩‍👩‍👧 Ünï "
    "The council banned drones. It cost 3.2 million. Why? \u202eesrever \u200b \x1b[31m \x00 word "
).split(" ")

FRAGMENTS = [
    "@everyone", "@here", "<@123>", "<@&5>", "<#7>", "</ask:9>", "<t:1:R>", "<:a:1>", "discord.gg/abc",
    "https://discord.com/invite/x", "[free](https://evil.example)", "](http://evil.example)", "[1]", "`", "```",
    "``", "\\", "||", "# ", "-# ", "> ", "**", "_", "~~", "\n", " ", "\u200b", "\u202e", "word", "1. ", "- ",
    "https://evil.example/a_b", "\x1b[31m", "é", "😀", "<https://evil.example>", "(", ")", "[", "]", "<", "\ud800",
]  # fmt: skip
hostile_texts = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=14).map("".join)


class Hostile:
    """Generates texts and answers from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def text(self, max_parts: int = 30) -> str:
        parts = [self.random.choice(PARTS) for _ in range(self.random.randint(1, max_parts))]
        joined = self.random.choice((" ", " ", "", "\n", "\n# ", "\n\n")).join(parts)
        return joined * self.random.choice((1, 1, 1, 1, 5, 40))

    def table_head(self) -> str:
        cells = " ".join(self.text(2).split())
        return f"\n\n| {cells} | b |\n|---|---|\n| "

    def question(self) -> str:
        return ("Why " + self.text(10))[:990]

    def article(self) -> Article:
        text = self.text(60) + " Some words."
        publisher, author = (self.random.choice((None, self.text(4))) for _ in range(2))
        name = f"{self.random.randrange(10**9)}.txt"
        return Article(
            ArticleInfo(name, name, self.text(8), publisher, author, "2022-01-01", None, self.text(3)), text
        )

    def citation(self, number: int) -> Citation:
        article = self.article()
        start = self.random.randrange(len(article.text))
        end = self.random.randint(start + 1, len(article.text))
        quote, section = article.text[start:end], self.random.choice((None, self.text(3)))
        return Citation(number, article.info, quote, start, end, 1, section, 0, len(article.text))

    def answer(self, question: str) -> Answer:
        count = self.random.choice((0, 1, 3, 30))
        sentences = tuple(
            Sentence(
                self.text(),
                tuple(self.random.choices(range(1, count + 1), k=2)) if count else (),
                self.random.choice(("supported", "neutral", "unsupported", "contradicted")),
                self.random.choice((" ", "\n\n", "\n- ", f"\n# {self.text(3)}\n\n", self.table_head())),
                tail=self.random.choice(("", " |")),
            )
            for _ in range(self.random.randint(0, 8))
        )
        article = self.article()
        passage = Passage(article.info, article.text, 0, len(article.text), 1, None, ())
        return Answer(
            question,
            question,
            "answered" if sentences else "not_found",
            sentences,
            tuple(self.citation(number) for number in range(1, count + 1)),
            mode=self.random.choice(("extractive", "model")),
            model="m-1 @everyone",
            usage=Usage(10, 10),
            reason=self.text(3),
            notice=self.random.choice((None, self.text(3))),
            nearest=(Hit(passage, 0.1),),
        )
