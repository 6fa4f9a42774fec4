"""Separates a page's article from the rest of the page, and finds its metadata.

Input: the lines of a scraped text, or the tree of a saved page. Output: a reason for each line that should
not be indexed, the blocks of the article, and metadata. Entry points: `main_text.page_drop_reasons` (a
trained line model), `boilerplate.boilerplate_reason` (rules for single lines), `tree_cleanup.clean_page`,
`prose_run.lost_article`, `json_ld.json_ld_metadata`, `marked_elements.marked_metadata` and
`piece_title.piece_title`. Imported by `formats`.
"""
