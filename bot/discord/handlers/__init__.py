"""Handlers: from an event to an answer that is delivered and recorded.

Input: mentions, replies, direct messages, button presses. Output: answers in place or in threads, subject
to rate limits and the queue. Entry points: `dispatcher.Dispatcher`, `mention_handler`, `button_actions`.
"""
