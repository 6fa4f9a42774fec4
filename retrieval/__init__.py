"""From files to articles, passages and an index; from a question to hits."""
