"""Reading of mailboxes."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from format_samples import PROSE, sample_mbox

from retrieval.errors import ReadError
from retrieval.reading.corpus import Corpus
from retrieval.reading.formats.json_lines import BadRow
from retrieval.reading.formats.mbox import read_mbox

MAILBOX = f"""From jane@courier.example Sun May  3 18:00:00 2020
From: Jane Roe <jane@courier.example>
Message-ID: <quay-1@courier.example>
Subject: Second quay

{PROSE}

From the sea it looks small.
>From here on, it is paved.

From MAILER-DAEMON Mon May  4 18:00:00 2020
From: A. Poe <poe@post.example>
Subject: Re: Second quay

It leaks.

On Sun, 3 May 2020, Jane Roe wrote:
> {PROSE}
"""


def test_every_message_is_an_article(tmp_path: Path) -> None:
    """A line of the text that starts with "From " does not start a message; ">From " is unescaped."""
    (tmp_path / "m.mbox").write_text(MAILBOX)
    corpus = Corpus([tmp_path])
    first, second = corpus.read(corpus.scan().files[0])
    assert first.body == f"{PROSE}\nFrom the sea it looks small.\nFrom here on, it is paved."
    assert (first.info.id, first.info.author) == ("quay-1@courier.example", "Jane Roe")
    assert (second.body, second.info.id, second.info.author) == ("It leaks.", "m.mbox#2", "A. Poe")
    for reader in (corpus, Corpus([tmp_path])):
        assert [reader.find(article.info) for article in (first, second)] == [first, second]


def test_damaged_messages_do_not_hide_others() -> None:
    """They are reported by their number."""
    data = MAILBOX.encode() + b"\nFrom a@b.c Mon May  4 18:00:00 2020\nSubject: empty\n\n\n"
    results = list(read_mbox(BytesIO(data)))
    assert results[2] == BadRow("message 3", "the email contains no text")
    assert len([result for result in results if not isinstance(result, BadRow)]) == 2
    assert len(list(read_mbox(BytesIO(sample_mbox())))) == 2


def test_a_file_that_is_not_a_mailbox_is_rejected() -> None:
    """The error says why."""
    with pytest.raises(ReadError, match="not a mailbox"):
        list(read_mbox(BytesIO(PROSE.encode())))
