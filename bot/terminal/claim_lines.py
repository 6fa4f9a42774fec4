"""The lines of a checked text: a verdict for each sentence, the quotes, and what was not checked."""

from __future__ import annotations

from collections.abc import Iterator

from bot.claim_check import NO_SENTENCE, CheckedClaim, CheckedText
from bot.rendering.sanitize import sanitize_line
from bot.rendering.text_rendering import source_line

NOT_CONFIRMED = (
    "No model checked these sentences, so none is confirmed: compare each with its closest quote. "
    '"differs" lists the words that the quote lacks.'
)


def claim_lines(checked: CheckedText) -> Iterator[str]:
    """The sentences with their verdicts, then the quotes with their sources, numbered as in the sentences."""
    if checked.notice:
        yield from (sanitize_line(checked.notice), "")
    for claim in checked.claims:
        marker = f" [{claim.citation.number}]" if claim.citation else ""
        differences = ", ".join(map(sanitize_line, claim.differences))
        yield f"{_label(claim)}: {sanitize_line(claim.text)}{marker}" + (
            f" (differs: {differences})" if differences else ""
        )
    if not checked.claims:
        yield NO_SENTENCE
    if checked.citations:
        yield ""
    for citation in checked.citations:
        yield f"[{citation.number}] {source_line(citation)}"
        yield f"    {sanitize_line(citation.quote)}"
    if any(claim.verdict == "unchecked" for claim in checked.claims):
        yield from ("", NOT_CONFIRMED)
    if checked.skipped:
        were = "sentence was" if checked.skipped == 1 else "sentences were"
        yield from ("", f"{checked.skipped:,} more {were} not checked: the limit is {len(checked.claims)}.")


def contradicted_text(checked: CheckedText) -> str | None:
    """One sentence with the number of contradicted sentences; None if there are none.

    >>> contradicted_text(CheckedText((CheckedClaim("It met 12.", "contradicted"),)))
    '1 sentence is contradicted by the articles.'
    """
    count = sum(claim.verdict == "contradicted" for claim in checked.claims)
    are = "sentence is" if count == 1 else "sentences are"
    return f"{count} {are} contradicted by the articles." if count else None


def _label(claim: CheckedClaim) -> str:
    if claim.verdict != "unchecked":
        return claim.verdict
    return "closest" if claim.citation else "no similar quote"
