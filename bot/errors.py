"""The exceptions of the bot.

    BotError
    ├── SettingsInvalid    a setting is invalid
    ├── QuestionInvalid    the input is not a question, or too long
    ├── ModelFailed        the language model failed after all retries
    ├── RecordsFailure     the file of kept answers cannot be opened, read or written
    ├── QuestionSetInvalid a set of questions with known answers cannot be read or extended
    └── PlotUnavailable    a curve cannot be drawn

The message is one sentence for the user; ``help`` says what to do about it.
"""


class BotError(Exception):
    """Base class; str() is one sentence for the user."""

    help: str = ""

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        if help is not None:
            self.help = help


class SettingsInvalid(BotError):
    """A setting is invalid."""

    help = "See .env.example for every setting."


class QuestionInvalid(BotError):
    """The input is not a question, or too long."""

    help = "Ask in one sentence, such as: Who stopped the listing?"


class ModelFailed(BotError):
    """The language model failed; raised to callers only after all retries.

    ``retryable``: the same request can succeed later. ``retry_after``: seconds to wait as the server asked,
    None if it did not.
    """

    def __init__(
        self,
        message: str,
        help: str | None = None,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, help)
        self.retryable = retryable
        self.retry_after = retry_after


class RecordsFailure(BotError):
    """The file of kept answers cannot be opened, read or written."""

    help = "Set FOOTNOTE_STATE to a writable folder; the index and the articles are not affected."


class QuestionSetInvalid(BotError):
    """A set of questions with known answers cannot be read or extended."""

    help = (
        'Each line of questions.jsonl is {"id", "question", "answers": [...], "evidence": [{"doc", "text"}]}.'
    )


class PlotUnavailable(BotError):
    """A curve cannot be drawn."""

    help = "Install the extra: pip install 'footnote[plot]', or uv sync --extra plot."
