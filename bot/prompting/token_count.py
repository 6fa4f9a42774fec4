"""Estimates the tokens of a text without a tokenizer."""

from __future__ import annotations


def count_tokens(text: str) -> int:
    """The approximate tokens of *text*: four characters each, one each in East Asian script."""
    from langchain_core.messages import HumanMessage
    from langchain_core.messages.utils import count_tokens_approximately

    if not text:
        return 0
    dense = sum(1 for character in text if character >= "\u2e80")
    latin = len(text) - dense
    chars_per_token = len(text) / max(1.0, latin / 4 + dense)
    return count_tokens_approximately(
        [HumanMessage(text)], chars_per_token=chars_per_token, extra_tokens_per_message=0
    )
