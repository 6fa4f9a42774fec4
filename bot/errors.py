"""What can go wrong between a question and its answer.

    BotError
    ├── SettingsInvalid    a setting cannot be used
    ├── QuestionInvalid    there is no question in what was asked
    └── ModelFailed        the language model failed for good, after all tries

The text of each is one sentence for a person; ``help`` says what to do about it.
"""


class BotError(Exception):
    """Base of all errors of this package: str() is one sentence for a person."""

    help: str = ""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        if help is not None:
            self.help = help


class SettingsInvalid(BotError):
    """A setting cannot be used."""

    help = "See .env.example for every setting."


class QuestionInvalid(BotError):
    """There is no question in what was asked, or far too much of it."""

    help = "Ask in one sentence, such as: Who stopped the listing?"


class ModelFailed(BotError):
    """The language model failed for good: no further try will help now."""
