"""URLs -> files of articles: downloads a page or a feed on request, and saves what it says as Markdown.

Input: URLs and files named by the user; output: files in a folder of the corpus, which the next sync reads.
Entry points: `add_url.add_url`, `add_url.add_feed`, `add_file.add_file`. Called by adapters; nothing runs
unasked. Only public addresses are reached unless the caller allows private ones.
"""
