"""Python client of Assay. See docs/python.md."""

from .ask_tell import Suggestion, ask_tell
from .client import Client
from .errors import AssayError
from .trainer import Bar, Data, Stopped, Task, serve_trainer

__all__ = ["AssayError", "Bar", "Client", "Data", "Stopped", "Suggestion", "Task", "ask_tell", "serve_trainer"]
