"""The question: what is asked, and what it means in its conversation.

Input: the question as typed and the turns before it. Output: a standalone question (`follow_up`) and its
profile: terms, names and the kind of answer expected (`question_profile`). May be imported by every step
from Hits to an Answer.
"""
