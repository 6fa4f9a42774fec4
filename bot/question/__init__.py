"""Question analysis: conversation + question -> parsed, standalone question and its profile.

Input: the question as typed and the turns before it. Output: what a question asks for (`parsed_question`), a
standalone question (`follow_up`) and its profile: terms, names and the expected kind of answer
(`question_profile`). Every stage from Hits to an Answer can import it.
"""
