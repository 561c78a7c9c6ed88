"""The errors of a language model's server."""


class LlmError(Exception):
    """The server cannot be used. The message has its address and the reason."""


class OutOfBudgetError(LlmError):
    """All allowed tokens are spent."""


class TryAgainError(Exception):
    """The next try may succeed. ``wait``: seconds that the server asks for."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait
