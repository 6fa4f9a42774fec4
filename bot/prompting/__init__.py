"""What a language model reads: hits, conversation and sentences as the text of a prompt, within a budget.

Input: Hits, Turns, sentences to check. Output: escaped text for the variables of `prompts`, or documents that
a model cites itself (`cited_documents`). Used by `bot.model` and `bot.checking`. Sends no request.
"""
