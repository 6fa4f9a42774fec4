"""Answers by a language model.

Input: a question, its Hits and the conversation. Output: a stream of growing Drafts, whose sentences name the
passages they cite; `bot.citations` makes Answers of them. `prompt_chain.ModelChain` is the entry point; it
also checks the sentences of an answer and rewrites follow-up questions. Only this package uses the chat
clients of LangChain and OpenAI.
"""
