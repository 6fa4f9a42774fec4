"""An answer: sentences with numbered citations, each an exact span of an article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from retrieval.article import ArticleInfo
from retrieval.hit import Hit

Support = Literal["supported", "neutral", "unsupported", "contradicted"]
CheckKind = Literal["model", "words", "off"]
Status = Literal["answered", "not_found"]
Mode = Literal["extractive", "model"]
ContradictionKind = Literal["articles", "quote"]


@dataclass(frozen=True, slots=True)
class Citation:
    """The exact quote behind a marker: ``article_text[start:end] == quote``.

    ``passage_start`` and ``passage_end`` are the span of the retrieved passage that contains it.
    """

    number: int
    article: ArticleInfo
    quote: str
    start: int
    end: int
    line: int
    section: str | None
    passage_start: int
    passage_end: int


@dataclass(frozen=True, slots=True)
class UnsupportedSpan:
    """A figure, date, name or quotation that is not in the sources: ``text[start:end]`` of its sentence."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer, without markers; ``citations`` are numbers of ``Answer.citations``.

    ``support`` is the verdict of a check; "neutral" if there is nothing to support, or a check that cannot
    confirm found nothing against it. ``lead`` is the text shown before the sentence: "", white space, list
    marks, headings, the head of a table, or the date of its article; ``tail`` follows its markers: the pipe
    that closes a table row. The spans in ``missing`` are in order and do not overlap. ``calculations`` are
    the sums behind its figures: "412 - 385 = 27".
    """

    text: str
    citations: tuple[int, ...]
    support: Support
    lead: str = ""
    missing: tuple[UnsupportedSpan, ...] = ()
    calculations: tuple[str, ...] = ()
    tail: str = ""

    @property
    def is_marked(self) -> bool:
        """True if a check found the sentence unsupported or contradicted."""
        return self.support in ("unsupported", "contradicted")

    @property
    def marked(self) -> str:
        """The sentence followed by its markers: "It met 11 companies. [1][2]"."""
        return self.with_mark("")

    def with_mark(self, mark: str) -> str:
        """The sentence, its markers, and a warning mark; below a block of code, within a table row."""
        marks = markers(self.citations) + mark
        if marks and self.text.endswith(("```", "~~~")):
            marks = "\n" + marks.lstrip()
        return self.text + marks + self.tail


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A contradiction of an answer as a line of text, with the quotes behind it.

    ``kind`` is "articles" when articles give different figures or dates, "quote" when a model's figure, date
    or name differs from the one in the extractive answer.
    """

    kind: ContradictionKind
    text: str
    citations: tuple[int, ...]

    @property
    def marked(self) -> str:
        """The line followed by its markers."""
        return self.text + markers(self.citations)


def markers(numbers: Sequence[int]) -> str:
    """The markers with a leading space: " [1][2]"; "" for none."""
    return " " + "".join(f"[{number}]" for number in numbers) if numbers else ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens used for an answer, as counted by the model server.

    ``cost`` is theirs by the user's price table, None if the price of any of them is unknown.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None

    def __add__(self, other: Usage) -> Usage:
        if not self.tokens or not other.tokens:
            return self if self.tokens else other
        is_priced = self.cost is not None and other.cost is not None
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            (self.cost or 0.0) + (other.cost or 0.0) if is_priced else None,
        )

    @property
    def tokens(self) -> int:
        """The sum of both."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class Answer:
    """What the Assistant streams: each is cleaned and true so far; the last one is ``complete``.

    ``read`` are the hits it was made from, cited or not, best first. ``nearest`` are the closest hits, shown
    when the question is not answered. ``notice`` is one line about how the answer was made ("The model did
    not answer in time; …"); ``failures`` are the errors quoted in it, which are for the operator only.
    ``checked`` is the check of a model's sentences, None for extractive answers; ``checking`` while it runs.
    ``progress`` is what a model's answer without sentences waits for ("Searching…"), "" otherwise.
    """

    question: str
    standalone_question: str
    status: Status
    sentences: tuple[Sentence, ...] = ()
    citations: tuple[Citation, ...] = ()
    confidence: float = 0.0
    mode: Mode = "extractive"
    model: str | None = None
    usage: Usage = field(default_factory=Usage)
    seconds: dict[str, float] = field(default_factory=dict)
    reason: str | None = None
    nearest: tuple[Hit, ...] = ()
    notice: str | None = None
    failures: tuple[str, ...] = ()
    complete: bool = False
    id: str = ""
    read: tuple[Hit, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    checked: CheckKind | None = None
    checking: bool = False
    progress: str = ""

    @property
    def text(self) -> str:
        """The answer as one text with markers; "" if it has no sentences."""
        return "".join(sentence.lead + sentence.marked for sentence in self.sentences).strip()
