"""Two articles, hits by hashed words, and document frequencies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.article import Article, ArticleInfo
from retrieval.hit import Hit
from retrieval.splitting.passage_splitter import split
from retrieval.text_analysis import content_stems

DRONES = Article(
    ArticleInfo("drones", "drones.txt", "Harbour town bans delivery drones", publisher="The Quay"),
    "The council of Larkhaven banned delivery drones on Friday. Seven of nine members voted for the ban. "
    "Mayor Odile Brandt said that gulls had attacked 14 drones since January. Is that all? "
    "The ban starts in May.",
)
FERRY = Article(
    ArticleInfo("ferry", "ferry.txt", "Ferry line tests an electric boat", publisher="Northern Ledger"),
    "The ferry line tests an electric boat between Larkhaven and Tern Island. It carries 120 passengers. "
    "The boat cost 3.2 million crowns, said captain Jon Aske.",
)


class BagOfWords:
    """Vectors of hashed stems: texts with the same words have a high cosine."""

    def embed_matrix(self, texts: Sequence[str]) -> NDArray[np.float32]:
        matrix = np.full((len(texts), 257), 1e-6, np.float32)
        for row, text in enumerate(texts):
            for stem in content_stems(text):
                matrix[row, sum(stem.encode()) * 31 % 257] += 1
        lengths: NDArray[np.float32] = np.linalg.norm(matrix, axis=1, keepdims=True)
        return matrix / lengths

    embed_questions = embed_matrix


def hits(question: str) -> list[Hit]:
    passages = [passage for article in (DRONES, FERRY) for passage in split(article)]
    matrix = BagOfWords().embed_matrix([question, *(passage.text for passage in passages)])
    cosines = matrix[1:] @ matrix[0]
    found = [Hit(passage, float(c), 1, 1, float(c)) for passage, c in zip(passages, cosines, strict=True)]
    return sorted(found, key=lambda hit: -hit.score)


def frequency(stem: str) -> int:
    return sum(stem in content_stems(article.text) for article in (DRONES, FERRY))
