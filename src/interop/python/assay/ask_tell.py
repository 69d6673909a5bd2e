"""A search in a loop of your own, over `assay ask-tell`.

    from assay import ask_tell

    space = {"lr": {"type": "float", "low": 1e-5, "high": 1e-1, "log": True}}
    with ask_tell(space, direction="minimize") as search:
        for _ in range(20):
            trial = search.ask()
            search.tell(trial.number, loss(trial.params["lr"]))
        print(search.best())
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import tempfile
from dataclasses import dataclass
from typing import Any, Iterator, Mapping, Sequence

from .errors import AssayError

__all__ = ["Search", "Suggestion", "ask_tell"]


@dataclass(frozen=True)
class Suggestion:
    """One trial to run."""

    number: int
    params: Mapping[str, Any]
    """By flat name."""


def ask_tell(
    space: Mapping[str, Any] | None = None,
    *,
    study: str | None = None,
    direction: str = "minimize",
    seed: int | None = None,
    arguments: Sequence[str] = (),
    command: Sequence[str] = ("npx", "assay"),
) -> Search:
    """Opens a search: in memory, or with `study` in the database, where it can be continued without `space`.

    `space` is the JSON of docs/spaces.md, or a study's `space` as the API gives it. `direction` is `minimize` or `maximize`, with several objectives
    `sharpe=maximize,drawdown=minimize`. `arguments` are further options of `assay ask-tell`, such as `["--pruner", "median"]`. `command` starts Assay.
    """
    options = ["--direction", direction] if study is None or space is not None else []
    if study is not None:
        options += ["--study", study]
    if seed is not None:
        options += ["--seed", str(seed)]
    return Search(space, [*command, "ask-tell", *options, *arguments])


class Search:
    """An open search. Close it, or use it in a `with` statement."""

    def __init__(self, space: Mapping[str, Any] | None, command: Sequence[str]) -> None:
        self._file: str | None = None
        if space is not None:
            with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False, encoding="utf-8") as file:
                json.dump(space, file)
            self._file = file.name
            command = [*command, "--space", file.name]
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        except OSError as error:
            self._remove_file()
            raise AssayError("unavailable", f"{command[0]} cannot be started: {error}", "give command=[...] that starts assay") from error

    def ask(self) -> Suggestion:
        """The next trial."""
        answer = self.send("ask")
        return Suggestion(answer["number"], answer["params"])

    def report(self, number: int, step: int, value: float) -> bool:
        """Reports the objective so far, each step once; True if the trial is to end here: then tell it as pruned."""
        return bool(self.send("report", number=number, step=step, value=value)["prune"])

    def tell(self, number: int, value: float | Sequence[float] | None = None, state: str = "complete", **details: Any) -> None:
        """Tells the result: a value, or one for each objective; `state` is `complete`, `pruned` or `failed`, which have no value.

        `details`: `constraints`, `sd` or `variance`, `seeds`, `dailyReturns`, as docs/ask-tell.md says.
        """
        told = {} if value is None else {"values": list(value)} if isinstance(value, (list, tuple)) else {"value": value}
        self.send("tell", number=number, state=state, **told, **details)

    def add(self, params: Mapping[str, Any], value: float, **details: Any) -> int:
        """Adds a result that is known from elsewhere; returns its number."""
        return int(self.send("add", params=dict(params), value=value, **details)["number"])

    def best(self) -> dict[str, Any]:
        """The best trial so far; with several objectives the Pareto set, under `trials`."""
        return self.send("best")

    def recommend(self) -> dict[str, Any]:
        """The configuration that is expected to be best again."""
        return self.send("recommend")

    def trials(self, count: int) -> Iterator[Suggestion]:
        """Asks for `count` trials, one after the other."""
        for _ in range(count):
            yield self.ask()

    def send(self, op: str, **fields: Any) -> dict[str, Any]:
        """Sends one line of docs/ask-tell.md and returns its answer. Raises AssayError for an error, which has changed nothing."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps({"op": op, **{name: _plain(value) for name, value in fields.items()}}) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass
        line = self._process.stdout.readline()
        if line == "":
            raise AssayError("unavailable", f"assay ask-tell ended with exit code {self._process.wait()}", "what it wrote stands above")
        answer = json.loads(line)
        if "error" in answer:
            raise AssayError.of(answer["error"])
        return answer

    def close(self) -> None:
        """Ends the program; a search with `study` can be opened again."""
        assert self._process.stdin is not None and self._process.stdout is not None
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            # It has ended, and what it was sent last is lost.
            pass
        self._process.wait()
        self._process.stdout.close()
        self._remove_file()

    def __enter__(self) -> Search:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _remove_file(self) -> None:
        if self._file is not None and os.path.exists(self._file):
            os.unlink(self._file)


def _plain(value: Any) -> Any:
    """A number that JSON has none of is text; numbers of numpy are numbers."""
    if isinstance(value, (str, bool, int)) or value is None:
        return value
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    number = float(value)
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
