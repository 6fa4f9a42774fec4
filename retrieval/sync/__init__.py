"""Sync: changed files to the next generation of the index.

Input: a Corpus and the current generation. Output: a new generation, published atomically, and a report.
Entry points: `sync_index.sync`, `replica_watch.SharedIndex`. Called by
`retrieval.library`.
"""
