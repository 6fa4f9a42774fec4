"""Recognition of quoted history in emails."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.page.quoted_lines import is_forward, is_forwarding_mark, is_reply, quoted_reasons
from retrieval.text_lines import lines_of


def test_subjects_of_replies_and_forwards() -> None:
    """In several languages, with counters and full-width colons."""
    assert all(map(is_reply, ["Re: a", "RE[2]: a", "AW: a", "回复：a", "Sv: a"]))
    assert all(map(is_forward, ["Fwd: a", "FW: a", "WG: a", "转发：a"]))
    assert not any(map(is_reply, ["Report: a", "Fwd: a", None, "Region: north"]))
    assert not any(map(is_forward, ["Forward: a", "Re: a", "Income: rises", None]))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("---------- Forwarded message ---------", True),
        ("Begin forwarded message:", True),
        ("-------- Weitergeleitete Nachricht --------", True),
        ("Forwarded by the committee, it passed.", False),
        ("The forwarded message was lost.", False),
    ],
)
def test_marks_of_forwarded_messages(words: str, expected: bool) -> None:
    """A line of its own, not a sentence."""
    assert is_forwarding_mark(words) is expected


@given(st.text(alphabet="> \n:-_aFromSent@3.", max_size=300), st.booleans(), st.booleans())
def test_only_existing_lines_are_quoted(text: str, reply: bool, forward: bool) -> None:
    """Any text is accepted; a forwarded message has no quoted history of its sender."""
    lines = [line for line in lines_of(text) if line.words]
    reasons = quoted_reasons(lines, reply=reply, forward=forward)
    assert set(reasons) <= {line.number for line in lines}
    assert not (forward and reasons)
