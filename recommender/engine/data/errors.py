"""Exceptions of the engine. Callers translate them into messages for people."""


class EngineError(Exception):
    """Base class of all expected failures."""


class NotFittedError(EngineError):
    """A scorer was used before it was fitted."""


class DataError(EngineError, ValueError):
    """The input data cannot be used; the message names field, value and position."""


class ArtifactError(EngineError):
    """An artifact is missing, damaged, or of a format that this version cannot read."""


class EncoderError(EngineError):
    """A text encoder is missing, damaged or unreachable; the message names it and the reason."""
