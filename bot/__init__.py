"""The bot: turns a question about the articles into an answer whose every sentence can be checked.

`build` makes an `Assistant` from the `Settings`; adapters (`terminal`, `discord`) and `evaluation` use
nothing below it but types. A question passes `question`, then `extractive` or `model`, then `checking` and
`comparison`; `answering` joins these steps.
"""
