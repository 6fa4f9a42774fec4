"""What can go wrong between a question and its answer.

    BotError
    ├── SettingsInvalid    a setting cannot be used
    ├── QuestionInvalid    there is no question in what was asked
    ├── ModelFailed        the language model failed for good, after all tries
    ├── RecordsFailure     the file of kept answers cannot be opened, read or written
    ├── QuestionSetInvalid a set of questions with known answers cannot be read or added to
    └── PlotUnavailable    a curve cannot be drawn as a picture

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
    """The language model failed; raised to callers only when no further try will help now.

    ``retryable``: the same request may succeed later. ``retry_after``: seconds that the server asked to
    wait, None when it did not say.
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

    help = "Set FOOTNOTE_STATE to a folder that can be written; the index and the articles are not affected."


class QuestionSetInvalid(BotError):
    """A set of questions with known answers cannot be read or added to."""

    help = (
        'Each line of questions.jsonl is {"id", "question", "answers": [...], "evidence": [{"doc", "text"}]}.'
    )


class PlotUnavailable(BotError):
    """A curve cannot be drawn as a picture."""

    help = "Install the extra: pip install 'footnote[plot]', or uv sync --extra plot."
