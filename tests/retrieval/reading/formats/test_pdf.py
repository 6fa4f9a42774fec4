"""PDF files: reading order, titles, pages, running heads, hyphens, and what cannot be read."""

from __future__ import annotations

import subprocess
from unittest.mock import ANY

import pytest
from format_samples import PROSE, make_pdf
from pdf_samples import Placed, column, locked_pdf, placed_pdf

from retrieval.errors import ReadError
from retrieval.reading.document.document import to_article
from retrieval.reading.formats import pdf
from retrieval.reading.formats.pdf import read_pdf

_LEFT = [
    "The ferry to Varsund was launched on a rainy",
    "morning in May by the mayor of Kell. It took",
    "nine years to build and cost the island thirty",
    "million marks, which is twice the first price.",
    "Nobody has said who will pay for the rest of",
    "it, and the builders have stopped all work.",
]
_RIGHT = [
    "A second ship is planned for the winter, when",
    "the ice makes the strait too narrow for the old",
    "boats. It would carry ninety cars and be blue",
    "like the first one. The council votes on it in",
    "June, after the fair, and most of its members",
    "are said to be in favour of a smaller ship.",
]


def sections(data: bytes) -> dict[str, str]:
    """The text of each page."""
    document = read_pdf(data)
    starts = [heading.end for heading in document.headings]
    ends = [*(heading.start for heading in document.headings[1:]), len(document.text)]
    return {
        document.text[heading.start : heading.end]: document.text[start:end].strip()
        for heading, start, end in zip(document.headings, starts, ends, strict=True)
    }


def title_of(data: bytes) -> str:
    return to_article(read_pdf(data), "a.pdf", "a.pdf").info.title


def test_columns_drawn_row_by_row_are_read_one_after_the_other() -> None:
    """Three columns, too; text above and below them stays there."""
    rows = [
        placed
        for left, right in zip(column(_LEFT), column(_RIGHT, x=310), strict=True)
        for placed in (left, right)
    ]
    wide = "This notice goes over the whole width of the page, above and below the columns of the article."
    page = [(50.0, 740.0, 10.0, wide), *rows, (50.0, 600.0, 10.0, wide)]
    assert read_pdf(placed_pdf([page])).text == "\n\n".join([wide, " ".join(_LEFT), " ".join(_RIGHT), wide])


def test_a_table_is_read_row_by_row() -> None:
    """Its cells are short or start with capitals."""
    cells = [("Adults on foot", "4 marks each"), ("Children under ten", "No charge at all")] * 3
    page = [
        placed
        for number, (left, right) in enumerate(cells)
        for placed in ((50.0, 700.0 - 13 * number, 10.0, left), (310.0, 700.0 - 13 * number, 10.0, right))
    ]
    assert "Adults on foot 4 marks each" in read_pdf(placed_pdf([page])).text


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["It is a well-", "known ship."], "It is a well-known ship."),
        (["It is a self-", "governing isle."], "It is a self-governing isle."),
        (["It is state-of-the-", "art in all."], "It is state-of-the-art in all."),
        (["It left the har-", "bour of Kell."], "It left the harbour of Kell."),
        (["It is in the gov-", "ernment's plan."], "It is in the government's plan."),
        (
            ["The old Vars-", "kell boats, like all varskell boats."],
            "The old varskell boats, like all varskell boats.",
        ),
        (["A two- and", "a three-deck ship, two-", "deck ships too, two-deck."], ANY),
        (["The Kell-", "Varsund line."], "The Kell-Varsund line."),
        (["In the years 2019-", "2021 it ran."], "In the years 2019-2021 it ran."),
        (["Two-, three-", "and four-deck ships."], "Two-, three- and four-deck ships."),
    ],
)
def test_a_hyphen_at_a_line_end_is_kept_unless_the_joined_word_is_known(lines: list[str], text: str) -> None:
    """Known from the rest of the document or from a word list; "two-deck" occurs with its hyphen."""
    read = read_pdf(placed_pdf([column([*lines])])).text
    assert read.casefold() == (text if isinstance(text, str) else read).casefold()
    assert "twodeck" not in read


def test_german_words_are_joined() -> None:
    """Their compounds are written as one word, so that no list has all of them."""
    lines = [
        "Die Fähre nach Varsund ist nicht mehr die jüngste und wird in der Insel-",
        "werft von Kell auch für den Winter mit dem Eis zu einer Auto- und",
        "Personenfähre, die das ganze Jahr nicht nur den Kell-Varsund-",
        "Verkehr, sondern auch die Nordlinie bedient.",
    ]
    text = read_pdf(placed_pdf([column(lines)])).text
    assert "Inselwerft von" in text
    assert "Auto- und Personenfähre" in text
    assert "Kell-Varsund-Verkehr" in text


def _body(page: int) -> list[str]:
    """Lines that differ on all pages."""
    return [f"{line} {'abcdefgh'[page]}{number}" for number, line in enumerate(_LEFT[:5])] + [
        f"at pier {'abcdefgh'[page]}."
    ]


def _book(heads: list[str], feet: list[str]) -> bytes:
    return placed_pdf(
        [
            [
                *([(50.0, 760.0, 8.0, head)] if head else []),
                *column(_body(page)),
                *([(300.0, 40.0, 8.0, foot)] if foot else []),
            ]
            for page, (head, foot) in enumerate(zip(heads, feet, strict=True))
        ]
    )


@pytest.mark.parametrize(
    ("heads", "feet"),
    [
        (["Isle Review", "Ida Holm", "Isle Review", "Ida Holm"], ["1", "2", "3", "4"]),
        (["Isle Review 1", "Isle Review 2", "Isle Review 3", "Isle Review 4"], [""] * 4),
        ([""] * 4, ["i", "ii", "iii", "iv"]),
        ([""] * 4, ["iii", "iv", "1", "2"]),
        ([""] * 4, ["Page i of iv", "Page ii of iv", "page iii of iv", "page iv of iv"]),
        ([""] * 4, ["- 7 -", "- 8 -", "- 9 -", "- 10 -"]),
        ([""] * 4, ["1/4", "2/4", "3/4", "4/4"]),
        ([""] * 4, ["Seite 3 von 6", "Seite 4 von 6", "Seite 5 von 6", "Seite 6 von 6"]),
        (["Harbours | iv", "v | Ships", "Harbours | vi", "vii | Ships"], [""] * 4),
        (["1 Quays", "Ships 2", "3 Ice", "Fares 4", "5 Fairs", "Fog 6"], [""] * 6),
        (["One", "One", "One", "Two", "Two", "Two", "Three"], ["1", "2", "3", "4", "5", "6", "7"]),
    ],
)
def test_running_heads_and_page_numbers_are_removed(heads: list[str], feet: list[str]) -> None:
    """Odd and even ones, roman ones, and those that change with the chapter."""
    for page, text in enumerate(sections(_book(heads, feet)).values()):
        body = " ".join(_body(page))
        assert text == (body if heads[page] != "Three" else f"Three\n\n{body}")


def test_numbers_in_the_text_are_not_page_numbers() -> None:
    """A year or an amount on a line of its own at the edge of a page."""
    data = placed_pdf([[*column(_LEFT), (50, 600, 10, "1931")], [(50, 713, 10, "48"), *column(_RIGHT)]])
    assert next(text.split()[-1] for text in sections(data).values()) == "1931"
    assert sections(data)["Page 2"].startswith("48")


def test_a_sentence_that_crosses_pages_is_kept_whole() -> None:
    """On the page where it starts; a footnote can be in between, and an empty page cannot."""
    first = [
        *column([*_LEFT[:2], "and then it was"]),
        (50.0, 80.0, 7.0, "* See the harbour office's report."),
    ]
    second = column(["sold to the isle of Kell. It is still there."])
    assert sections(placed_pdf([first, second])) == {
        "Page 1": " ".join([*_LEFT[:2], "and then it was sold to the isle of Kell."])
        + "\n\n* See the harbour office's report.",
        "Page 2": "It is still there.",
    }
    third = column(["The next page starts with a sentence of its own, which is not the rest of another."])
    assert sections(placed_pdf([column(_LEFT), third]))["Page 2"] == third[0][3]


def test_a_roman_number_is_not_joined_to_a_sentence() -> None:
    """It would move the first sentence of the next page to this one."""
    data = _book([""] * 5, ["i", "ii", "iii", "iv", "1"])
    assert sections(data)["Page 5"] == " ".join(_body(4))


def test_the_title_in_the_metadata_is_used_if_it_is_on_the_first_page() -> None:
    """Otherwise it is often that of a template."""
    page: list[Placed] = [
        (50, 740, 10, "Isle Review | May"),
        (50, 720, 10, "The ferry of Kell"),
        *column(_LEFT),
    ]
    assert title_of(placed_pdf([page, column(_RIGHT)], title="The ferry of Kell")) == "The ferry of Kell"
    other = title_of(placed_pdf([page, column(_RIGHT)], title="Microsoft Word - final2.doc"))
    assert "Microsoft" not in other


def test_a_large_line_at_the_top_is_the_title_and_not_part_of_the_text() -> None:
    """Over two lines, too."""
    page: list[Placed] = [
        (50, 760, 18, "The price of a ferry:"),
        (50, 738, 18, "nine years of work in Kell"),
        *column(_LEFT),
    ]
    document = read_pdf(placed_pdf([page, column(_RIGHT)], title="untitled"))
    assert document.metadata.title == "The price of a ferry: nine years of work in Kell"
    (dropped,) = document.dropped
    assert document.text[dropped.start : dropped.end] == document.metadata.title
    assert document.text.split("\n")[dropped.line - 1] == document.metadata.title


def test_a_page_mark_is_never_the_title() -> None:
    """The first words are, if there is nothing else."""
    assert title_of(placed_pdf([column(_LEFT), column(_RIGHT)])).startswith("The ferry to Varsund")
    assert title_of(placed_pdf([[], column(_RIGHT)])).startswith("A second ship")


def test_raised_marks_are_not_part_of_numbers() -> None:
    """Small raised digits, also when they are drawn after the text; a power stays."""
    line: list[Placed] = [
        (50, 700, 10, "It cost 30"),
        (96.2, 704, 6, "3"),
        (100, 700, 10, " million marks and has 6 km"),
        (222.5, 704, 6, "2"),
        (226, 700, 10, " of deck."),
    ]
    assert read_pdf(placed_pdf([line])).text == "It cost 30 million marks and has 6 km2 of deck."
    late = [line[0], line[2], (50.0, 687.0, 10.0, "It is blue, and nobody has seen a bluer ship."), line[1]]
    assert "30 million" in read_pdf(placed_pdf([late])).text


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_encryption(algorithm: str) -> None:
    """A file that opens without a password is read; another is reported as locked."""
    data = make_pdf([[PROSE]])
    assert PROSE in read_pdf(locked_pdf(data, "", algorithm)).text
    with pytest.raises(ReadError, match="locked with a password"):
        read_pdf(locked_pdf(data, "secret", algorithm))


def test_pages_that_cannot_be_read_are_reported_by_number() -> None:
    """Images, glyph codes, letters in lines of their own, and letters of the wrong font."""
    codes = column(["/g12/g40/g3/g7 /g9/g10/g22/g31"] * 8)
    shifted = column(["".join(chr(ord(c) - 29) for c in line if c.islower()) for line in _LEFT])
    letters = [(50.0, 760.0 - 15 * number, 10.0, letter) for number, letter in enumerate("ferrytovarsundwas")]
    pages = [column(_LEFT), [], [], codes, column(_RIGHT), shifted, letters]
    document = read_pdf(placed_pdf(pages))
    assert document.omitted == (
        "2 of 7 pages have no text layer: 2-3",
        "3 of 7 pages have an unreadable text layer: 4, 6-7",
    )
    assert [document.text[h.start : h.end] for h in document.headings] == [f"Page {n}" for n in range(1, 8)]
    assert "/g12" not in document.text
    with pytest.raises(ReadError, match="no text layer"):
        read_pdf(placed_pdf([[], []]))
    with pytest.raises(ReadError, match="text layer of the PDF file is unreadable"):
        read_pdf(placed_pdf([codes, []]))


@pytest.mark.parametrize("angle", ["0 1 -1 0", "-1 0 0 -1", "0 -1 1 0"])
def test_rotated_pages_are_read(angle: str) -> None:
    """Landscape pages are often stored as rotated text."""
    step = {"0 1 -1 0": (13, 0), "-1 0 0 -1": (0, 13), "0 -1 1 0": (-13, 0)}[angle]
    page = [(300.0 + step[0] * n, 400.0 + step[1] * n, 10.0, line) for n, line in enumerate(_LEFT)]
    assert read_pdf(placed_pdf([page], angle=angle)).text == " ".join(_LEFT)


def test_a_file_that_takes_too_long_is_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    """PDFium runs in a process of its own, which is killed; a crash is reported, too."""
    monkeypatch.setattr(pdf, "_MAX_SECONDS", 0.001)
    with pytest.raises(ReadError, match="takes longer"):
        read_pdf(make_pdf([[PROSE]]))

    def crash(*args: object, **options: object) -> None:
        raise subprocess.CalledProcessError(-6, "worker")

    monkeypatch.setattr(subprocess, "run", crash)
    with pytest.raises(ReadError, match="too large when decompressed"):
        read_pdf(make_pdf([[PROSE]]))
