"""Footnote: answers with checkable citations, and the adapters that people meet them in."""
