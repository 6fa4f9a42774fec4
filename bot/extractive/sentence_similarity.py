"""Compares a question with sentences by their embeddings.

A question word in its context is close to what would answer it: the "who" of a question to names of people.
Token cosines are compared as in ColBERT (Khattab and Zaharia 2020, https://arxiv.org/abs/2004.12832), here
with an encoder that was not trained for it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from retrieval.models.embeddings import as_token_embeddings
from retrieval.models.similarity_scale import DEFAULT_SCALE, SimilarityScale
from retrieval.recent_cache import RecentCache
from retrieval.text_analysis import STOP_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from retrieval.models.embeddings import FootnoteEmbeddings, Matrix, TokenVectors

MAX_CACHED = 1000  # vectors of questions, and of sentences
_THING = re.compile(
    r"\b(?:what|which)\s+((?:[\w'’-]+\s+){1,3}?)(?=(?:is|are|was|were|did|do|does|has|have|had|can|could|will"
    r"|would|that|of|in|to|for|who|which)\b)",
    re.IGNORECASE,
)
_QUESTION_WORDS = frozenset("who whom whose what when where why how which".split())


class SentenceSimilarity:
    """Embeds each text once, for all parts of a question. Local embeddings cache token vectors themselves."""

    def __init__(self, embeddings: FootnoteEmbeddings, scale: SimilarityScale = DEFAULT_SCALE) -> None:
        self._scale, self._token_embeddings = scale, as_token_embeddings(embeddings)
        self._questions = _vectors(embeddings.embed_questions)
        self._sentences = _vectors(embeddings.embed_matrix)

    @property
    def has_tokens(self) -> bool:
        """True if the embeddings have token vectors (the default model does)."""
        return self._token_embeddings is not None

    def features(self, question: str, sentences: Sequence[str]) -> list[dict[str, float]]:
        """For each sentence its "cosine" on the scale of the default model; with token vectors also those of
        `token_features`. Raises ModelMissing, EmbeddingError."""
        if self._token_embeddings is None:
            asked, found = self._questions.get([question])[question], self._sentences.get(sentences)
            return [{"cosine": self._cosine(asked, found[text])} for text in sentences]
        tokens, *of_sentences = self._token_embeddings.token_vectors([question, *sentences])
        return [
            {"cosine": self._cosine(tokens.pooled, own.pooled), **values}
            for own, values in zip(
                of_sentences, token_features(question, tokens, sentences, of_sentences), strict=True
            )
        ]

    def _cosine(self, one: Matrix, other: Matrix) -> float:
        return self._scale(float((one * other).sum()))


def _vectors(embed: Callable[[Sequence[str]], Matrix]) -> RecentCache[Matrix]:
    return RecentCache(lambda texts: dict(zip(texts, embed(texts), strict=True)), MAX_CACHED)


def token_features(
    question: str, tokens: TokenVectors, sentences: Sequence[str], of_sentences: Sequence[TokenVectors]
) -> list[dict[str, float]]:
    """Token cosines of a question with each of the sentences, all embedded by the same model.

    "weakest": mean over the third of the question's content words that match least in the sentence. "asked":
    the highest between a question word ("who") and a token of the sentence that the question lacks. "thing":
    the same for the noun after "what" or "which". 0 if there are no such tokens.
    """
    words = [question[start:end].lower() for start, end in tokens.spans.tolist()]
    content = [row for row, word in enumerate(words) if word[:1].isalnum() and word not in STOP_WORDS]
    asking = [row for row, word in enumerate(words) if word in _QUESTION_WORDS]
    thing = match.span(1) if (match := _THING.search(question)) else (0, 0)
    of_thing = [
        row
        for row, start in enumerate(tokens.spans[:, 0].tolist())
        if thing[0] <= start < thing[1] and words[row][:1].isalnum()
    ]
    # Not "@": unless they are switched off, its threads cost more than this small product.
    compared = tokens.matrix[[*content, *asking, *of_thing]]
    cosines = np.einsum("qd,sd->qs", compared, np.concatenate([own.matrix for own in of_sentences]))
    first_asking, first_of_thing = len(content), len(content) + len(asking)
    known, found, first = frozenset(tokens.ids), [], 0
    for sentence, own in zip(sentences, of_sentences, strict=True):
        cosines_of = cosines[:, first : first + len(own.ids)]
        first += len(own.ids)
        new = [
            column
            for column, (token_id, start) in enumerate(zip(own.ids, own.spans[:, 0].tolist(), strict=True))
            if token_id not in known and sentence[start].isalnum()
        ]
        found.append(
            {
                "weakest": _weakest(cosines_of[:first_asking]),
                "asked": _highest(cosines_of[first_asking:first_of_thing], new),
                "thing": _highest(cosines_of[first_of_thing:], new),
            }
        )
    return found


def _weakest(cosines: Matrix) -> float:
    best: NDArray[np.float32] = np.sort(cosines.max(axis=1)) if cosines.size else np.zeros(1, np.float32)
    return float(best[: max(1, len(best) // 3)].mean())


def _highest(cosines: Matrix, columns: list[int]) -> float:
    return max(0.0, float(cosines[:, columns].max())) if len(cosines) and columns else 0.0
