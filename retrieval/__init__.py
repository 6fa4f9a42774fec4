"""Retrieval: files to articles, passages and an index; a question to hits.

Entry points: `library.Library` for the bot, `retriever.FootnoteRetriever` for LangChain programs. The types
of all stages are `article`, `passage` and `hit`. Imports nothing of `bot`.
"""
