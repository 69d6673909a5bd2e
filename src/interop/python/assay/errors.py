"""The only error of this package."""

from __future__ import annotations

from typing import Any, Mapping


class AssayError(Exception):
    """What Assay refused: `code` for programs, the message for people, `hint` what to do about it (None: nothing more is known)."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message if hint is None else f"{message} ({hint})")
        self.code = code
        self.message = message
        self.hint = hint

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> AssayError:
        """The error of an answer: `{"code", "message" or "detail", "hint"}`."""
        message = told.get("message") or told.get("detail") or "Assay gave no reason"
        return cls(str(told.get("code", "internal")), str(message), told.get("hint"))
