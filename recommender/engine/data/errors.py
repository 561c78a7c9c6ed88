"""What the engine raises; adapters translate these into answers for people."""


class EngineError(Exception):
    """Any failure that the engine can name."""


class NotFittedError(EngineError):
    """A scorer was asked to score before it was fitted."""


class DataError(EngineError, ValueError):
    """The data given cannot be used; the message names field, value and place."""


class ArtifactError(EngineError):
    """An artifact is missing, damaged or of a format this version cannot read."""


class EncoderError(EngineError):
    """A text encoder is missing, damaged or does not answer; the message names which and why."""
