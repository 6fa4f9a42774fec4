"""Recognizes HTML in the value of a field, as exports of websites contain it, and converts it to text."""

from __future__ import annotations

import html
import re

from retrieval.reading.document.blocks import Block, fragment_blocks

# Tags that show that a value is HTML: blocks if they are also closed, inline tags likewise, others at once.
_PAIRED_TAG = re.compile(
    r"<(p|div|h[1-6]|ul|ol|li|blockquote|table|article|section|figure|main|pre|a|b|i|em|strong|span|u|s|small"
    r"|sup|sub|font|center|cite|code|html|body)(?:\s[^<>]*)?>",
    re.IGNORECASE,
)
_SINGLE_TAG = re.compile(r"<(?:p|br\s*/?|hr\s*/?|img\s[^<>]*\bsrc=[^<>]*|!--\s*wp:[^<>]*)>", re.IGNORECASE)
_WHOLE_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!doctype\s+html|<html[\s>])", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[\da-f]{1,6}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)
_PARAGRAPH_TAG = re.compile(r"<(?:p|div)\b", re.IGNORECASE)
_LINE_BREAK_TAG = re.compile(r"<br\b", re.IGNORECASE)
_MARKDOWN = re.compile(r"^#{1,6} \S|^[*+-] +\S|\]\(\S|`[^`\n]+`|\*\*\S", re.MULTILINE)
_BLOCK_START = re.compile(
    r"\s*</?(?:h[1-6]|ul|ol|li|blockquote|table|t[rdh]|thead|tbody|figure|pre|hr)\b", re.IGNORECASE
)
_SHORTCODE = re.compile(r"\[/?(?:caption|gallery|embed|audio|video|playlist)\b[^\[\]]{0,400}\]")


def is_markup(text: str) -> bool:
    """True if a value is HTML; false for text that only mentions a tag, and for Markdown with code.

    >>> [is_markup(text) for text in ("<p>48 <b>crowns</b>.</p>", "if a <b and c> d", "the `<p>` tag")]
    [True, False, False]
    """
    if "<" not in text or "```" in text or "`<" in text:
        return False
    if not _PARAGRAPH_TAG.search(text) and _MARKDOWN.search(text):
        return False
    if _SINGLE_TAG.search(text):
        return True
    lowered = text.lower()
    opened = {match[1].lower() for match in _PAIRED_TAG.finditer(text)}
    return any(f"</{tag}>" in lowered for tag in opened)


def is_whole_page(text: str) -> bool:
    """True if a value is a complete web page, with its menus and adverts."""
    return _WHOLE_PAGE.match(text) is not None


def unescape(text: str) -> str:
    """The text with HTML entities replaced; unchanged if it has none."""
    return html.unescape(text) if _ENTITY.search(text) else text


def markup_blocks(markup: str) -> list[Block]:
    """The blocks of an HTML value. Blank lines separate paragraphs if no tags do, as in WordPress."""
    markup = _SHORTCODE.sub(" ", markup)
    if not _PARAGRAPH_TAG.search(markup):
        markup = "".join(map(_paragraph, re.split(r"\n[ \t\r]*\n", markup)))
    return fragment_blocks(markup)


def _paragraph(part: str) -> str:
    if _BLOCK_START.match(part):
        return part
    line_break = "\n" if _LINE_BREAK_TAG.search(part) else "<br>"
    return f"<p>{part.strip()}</p>".replace("\n", line_break)


def plain_line(value: str) -> str:
    """A title or name as one line, without tags and entities."""
    if is_markup(value):
        value = " ".join(block.text for block in fragment_blocks(value)) or value
    return unescape(value)
