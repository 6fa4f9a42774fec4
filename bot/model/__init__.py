"""Answers by a language model.

Input: a question, its Hits and the conversation. Output: a stream of growing Drafts, sentences with the
passages they cite; `bot.citations` turns them into Answers. Entry point: `prompt_chain.ModelChain`. The
clients of LangChain and OpenAI are used in this package only.
"""
