"""What a language model wrote: parses its text into sentences with the passages they cite, and into verdicts.

Input: the text of a reply, complete or still streaming. Output: Drafts (`answer_parser`) and Verdicts
(`verdicts`). Everything that depends on the form of a reply is here; nothing here sends a request.
"""
