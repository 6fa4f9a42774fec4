"""Handlers: from an event to an answer that is delivered and recorded.

Input: mentions, replies, direct messages, button presses. Output: answers shown in place or in threads;
admission, queue and rate limits. Entry points: `dispatcher.Dispatcher`, `mention_handler`, `button_actions`.
"""
