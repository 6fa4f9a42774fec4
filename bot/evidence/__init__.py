"""What a language model reads for a question: the passages that a Library has for it.

Input: a standalone question, or the citations of an earlier answer. Output: Hits, merged, in the order in
which the model gets them. Entry point: `evidence_search.find_evidence`. Used by the Assistant.
"""
