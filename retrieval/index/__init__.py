"""The index: one generation, opened for reading, and its stores.

Input: a folder with generations. Output: nearest passages, BM25 scores, articles, passages. Entry points:
`index_reader.Index`, `generations.Generations`, `integrity`. Chroma is used in `vector_store` only, Tantivy
in `lexical_index`. Written by `retrieval.sync`.
"""
