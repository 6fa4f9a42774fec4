"""Elements of HTML as blocks of text."""

from __future__ import annotations

import pytest

from retrieval.reading.document.blocks import Block, fragment_blocks


@pytest.mark.parametrize("depth", [10, 198, 205, 240])
def test_deeply_nested_text_is_kept(depth: int) -> None:
    """Broken pages nest hundreds of elements; the text of the deepest loses its blocks, not its words."""
    markup = (
        f"{'<div>' * depth}<p>Fees rose.<script>no()</script> <b>Twice</b>, she said.</p>{'</div>' * depth}"
    )
    assert fragment_blocks(f"<p>Top</p>{markup}") == [
        Block("Top"),
        Block("Fees rose. Twice, she said."),
    ]
