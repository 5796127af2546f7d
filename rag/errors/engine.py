"""Errors of the language model's process."""

from typing import ClassVar

from index.errors import DatelineError


class EngineError(DatelineError):
    """The language model's process."""

    code = "engine_error"
    public: ClassVar[str | None] = "the language model does not work"


class EngineStartFailed(EngineError):
    """The model's process did not become ready."""

    code = "engine_start_failed"
    hint = "Check the model with `dateline models verify`, and that there is enough memory."
    public = "the language model could not be started"


class EngineDied(EngineError):
    """The model's process ended, or hung, in the middle of a request; a new one is started."""

    code = "engine_died"
    retryable = True
    hint = "Ask again; the model is being restarted."
    public = None


class EngineCancelled(EngineError):
    """Whoever asked went away."""

    code = "cancelled"
    retryable = True
    hint = "Ask again."
    public = None


class PromptTooLong(EngineError):
    """More tokens than the model's context holds."""

    code = "prompt_too_long"
    hint = "Ask a shorter question, or raise DATELINE_CONTEXT_TOKENS."
    public = None
