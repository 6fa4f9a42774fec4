"""Question analysis: conversation + question -> standalone question and its profile.

Input: the question as typed and the turns before it. Output: a standalone question (`follow_up`), its
profile: terms, names and the expected kind of answer (`question_profile`), and what it asks about the
articles themselves (`catalogue_request`). Every stage from Hits to an Answer can import it.
"""
