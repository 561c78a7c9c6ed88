"""What goes wrong between this program and a language model's server."""


class LlmError(Exception):
    """The server cannot be used; the message names its address and why."""


class OutOfBudgetError(LlmError):
    """The tokens that may be spent are spent."""


class TryAgainError(Exception):
    """The next try may go better. ``wait``: seconds that the server asks for."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait
