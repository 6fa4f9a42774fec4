"""Claims: the sentences of any text that can be checked against the articles.

Input: a text that Footnote did not write. Output: its sentences, which of them make a claim, and the words in
which a sentence and a quote differ. Entry points: `claim_sentences`, `quote_differences`. Imported by
`bot.claim_check` only.
"""
