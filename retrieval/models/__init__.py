"""Models: texts to vectors, and question-passage pairs to scores.

Input: texts. Output: float32 matrices with rows of length 1, token vectors, relevance scores. Entry points:
`embedding_factory.make_embeddings`, `pair_encoder.PairEncoder`, `reranker.Reranker`. Nothing is downloaded
unless a setting names a model on the hub.
"""
