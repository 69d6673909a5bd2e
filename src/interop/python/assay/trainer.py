"""An external trainer: Assay asks this program to train, then shows it one bar after the other and takes its positions.

    from assay import serve_trainer

    class Policy:
        def act(self, bar):            # one weight in [-1, 1] for each symbol
            return [1.0 if bar.features[0] > 0 else -1.0]

    def train(task):                   # task.params, task.seed, task.data
        return b"what load needs"      # or the path of a file below task.folder

    serve_trainer("example", train, load=lambda path: Policy())
"""

from __future__ import annotations

import json
import os
import sys
from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping, Protocol, Sequence

__all__ = ["Bar", "Data", "Policy", "Stopped", "Task", "serve_trainer"]

PROTOCOL = 1


class Stopped(Exception):
    """Raised by `Task.report` and `Task.alive` when the training is to end. Save a checkpoint if you keep any, and let it pass."""


@dataclass(frozen=True)
class Bar:
    """The close of one bar: the time to decide."""

    time: int
    """Epoch milliseconds of the bar's start."""
    bars: Sequence[Sequence[float]]
    """All bars since the last decision, this one last: time, then open, high, low, close and volume of each symbol."""
    features: Sequence[float]
    """The study's features of this bar, those of the first symbol first, as they are: normalise them as in training."""
    position: Sequence[float]
    """What is held now, a number for each symbol; 1 is a full long position."""
    begins: str | None
    """`episode` or `session`: what this bar begins. Clear all memory where an episode begins."""


@dataclass(frozen=True)
class Data:
    """A training part. Nothing later is in its files."""

    name: str
    hash: str
    symbols: Sequence[str]
    fields: Sequence[str]
    rows: int
    first_row: int
    """Rows before it have no complete features."""
    parts: Sequence[tuple[int, int]]
    """Rows of each part, from and to (exclusive): learn nothing across a gap."""
    feature_names: Sequence[str]
    paths: Mapping[str, str]
    """Files of float64, little-endian: `time`, `session`, `bars` (rows x symbols x fields), `features` (rows x features)."""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Data:
        features = told["features"]
        return cls(
            name=told.get("name", ""),
            hash=told.get("hash", ""),
            symbols=told["symbols"],
            fields=told["fields"],
            rows=told["rows"],
            first_row=told["firstRow"],
            parts=[tuple(part) for part in told["parts"]],
            feature_names=features["names"],
            paths={"time": told["time"], "session": told["session"], "bars": told["bars"], "features": features["path"]},
        )

    def column(self, name: str) -> array:
        """All numbers of `time`, `session`, `bars` or `features`, row by row. With numpy: `numpy.fromfile(data.paths[name])`."""
        values = array("d")
        values.frombytes(Path(self.paths[name]).read_bytes())
        if sys.byteorder != "little":
            values.byteswap()
        return values


class Policy(Protocol):
    """What `load` returns. A policy of a study with `mode: 'batch'` has `positions(data)` in place of `act`."""

    def act(self, bar: Bar) -> Sequence[float]: ...


@dataclass
class Task:
    """One training that Assay asks for."""

    kind: str
    """`search`: a trial; `train`: a fold of a validation, which no report decides about."""
    id: int
    params: Mapping[str, Any]
    seed: int
    data: Data
    folder: Path
    """For files of this training; removed behind it."""
    environment: Mapping[str, Any]
    """Capital, costs and limits of the account that Assay trades the positions in."""
    resume_from: tuple[int, Path] | None
    """Step and file of the newest checkpoint of this trial, if an earlier attempt saved one."""
    _link: _Link = field(repr=False)
    _saved: int = 0

    def report(self, step: int, policy: bytes | str | os.PathLike[str], metrics: Mapping[str, float] | None = None, last: bool = False) -> None:
        """Lets Assay measure what is learnt so far: the value of the trial at this step. Raises `Stopped` if the trial is to end here."""
        message = {"type": "report", "id": self.id, "step": step, "policy": self._file(policy), "last": last}
        self._link.say(message if metrics is None else {**message, "metrics": _numbers(metrics)})
        self._link.until_go(self.id)

    def checkpoint(self, step: int, state: bytes | str | os.PathLike[str]) -> None:
        """Saves what the training needs to go on after this step, should it be interrupted: the next attempt gets it as `resume_from`."""
        self._link.say({"type": "checkpoint", "id": self.id, "step": step, "path": self._file(state)})

    def alive(self) -> None:
        """Says that a long training goes on. Raises `Stopped` if Assay has cancelled it meanwhile."""
        self._link.say({"type": "alive", "id": self.id})
        if self._link.has_cancelled(self.id):
            raise Stopped("cancelled")

    def _file(self, content: bytes | str | os.PathLike[str]) -> str:
        if not isinstance(content, (bytes, bytearray, memoryview)):
            return os.fspath(content)
        self._saved += 1
        path = self.folder / f"saved-{self._saved}"
        path.write_bytes(content)
        return str(path)


def serve_trainer(
    name: str,
    train: Callable[[Task], bytes | str | os.PathLike[str]],
    load: Callable[[Path], Any],
    versions: Sequence[str] | Mapping[str, str] = (),
) -> None:
    """Serves Assay until it says bye. Prints of your code and of libraries go to stderr, which Assay keeps as the log of a trial.

    `train(task)` returns the policy, as bytes or as the path of a file below `task.folder`; for its metrics too, return `(policy, metrics)`.
    `load(path)` returns an object with `act(bar)`, or for `mode: 'batch'` with `positions(data)`; it is made anew for every walk.
    `versions`: packages whose versions decide results, such as `["torch", "numpy"]`; other versions refuse saved policies.
    """
    link = _Link(load)
    hello = link.hear()
    if hello is None:
        return
    if hello.get("type") != "hello" or hello.get("protocol") != PROTOCOL:
        raise SystemExit(f"this is a trainer of protocol {PROTOCOL}, which Assay starts: {hello}")
    link.say({"type": "ready", "protocol": PROTOCOL, "name": name, "versions": _versions(versions)})
    for message in link.messages():
        if message["type"] in ("search", "train"):
            _train(link, train, message)
        else:
            link.serve(message)


def _train(link: _Link, train: Callable[[Task], Any], message: Mapping[str, Any]) -> None:
    resume = message["resumeFrom"]
    task = Task(
        kind=message["type"],
        id=message["id"],
        params=message["params"],
        seed=message["seed"],
        data=Data.of(message["data"][0]),
        folder=Path(message["folder"]),
        environment=message["environment"],
        resume_from=None if resume is None else (resume["step"], Path(resume["path"])),
        _link=link,
    )
    end: dict[str, Any] = {"type": "error", "id": task.id, "message": "the training raised Stopped, but nobody had stopped it"}
    try:
        result = train(task)
        policy, metrics = result if isinstance(result, tuple) else (result, {})
        end = {"type": "trained", "id": task.id, "policy": task._file(policy), "metrics": _numbers(metrics)}
    except Stopped:
        pass
    except Exception as error:
        _log(error)
        end = {"type": "error", "id": task.id, "message": _words(error)}
    # Also where the code caught the exception: each stop is answered once.
    link.say({"type": "stopped", "id": task.id} if link.stopped == task.id else end)


class _Link:
    """Lines of JSON on the standard streams, which nothing else may use."""

    def __init__(self, load: Callable[[Path], Any]) -> None:
        self._load = load
        self._policies: dict[int, Any] = {}
        self.stopped: int | None = None
        """The last training that Assay has stopped."""
        # Own descriptors: what anybody prints, also from C, goes to stderr from now on.
        self._in = os.dup(0)
        self._heard = b""
        self._out = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        os.dup2(2, 1)
        sys.stdout = sys.stderr

    def say(self, message: Mapping[str, Any]) -> None:
        self._out.write(json.dumps(message) + "\n")
        self._out.flush()

    def hear(self) -> dict[str, Any] | None:
        while b"\n" not in self._heard:
            piece = os.read(self._in, 2**16)
            if not piece:
                return None
            self._heard += piece
        line, _, self._heard = self._heard.partition(b"\n")
        message = json.loads(line)
        return None if message["type"] == "bye" else message

    def messages(self) -> Iterator[dict[str, Any]]:
        while (message := self.hear()) is not None:
            yield message

    def until_go(self, task: int) -> None:
        """Serves what Assay asks until it says how a training goes on."""
        for message in self.messages():
            kind = message["type"]
            if kind == "go":
                return
            if kind in ("stop", "cancel"):
                self.stopped = task
                raise Stopped(message.get("reason", "cancelled"))
            self.serve(message)
        raise SystemExit("Assay has ended")

    def has_cancelled(self, task: int) -> bool:
        """True if a cancellation of this training waits to be read."""
        import select

        # A message may have come with the one before it, and then waits here and not in the pipe.
        if not self._heard and (os.name == "nt" or not select.select([self._in], [], [], 0)[0]):
            return False
        if self.hear() is None:
            raise SystemExit("Assay has ended")
        self.stopped = task
        return True

    def serve(self, message: Mapping[str, Any]) -> None:
        kind, number = message["type"], message.get("id")
        # A cancellation of a training that has just ended.
        if kind in ("cancel", "stop"):
            self.say({"type": "stopped", "id": number})
            return
        try:
            self.say({"id": number, **self._answer(kind, number, message)})
        except Exception as error:
            _log(error)
            self.say({"type": "error", "id": number, "message": _words(error)})

    def _answer(self, kind: str, number: Any, message: Mapping[str, Any]) -> dict[str, Any]:
        if kind == "load":
            self._policies[number] = self._load(Path(message["policy"]))
            return {"type": "loaded"}
        if kind == "drop":
            self._policies.pop(number, None)
            return {"type": "dropped"}
        policy = self._policies[number]
        if kind == "bar":
            bar = Bar(message["time"], message["bars"], message["features"], message["position"], message["begins"])
            return {"type": "act", "i": message["i"], "weights": [float(weight) for weight in policy.act(bar)]}
        if kind == "bars":
            data = Data.of(message["data"])
            positions = array("d", (float(weight) for weights in policy.positions(data) for weight in weights))
            if sys.byteorder != "little":
                positions.byteswap()
            path = Path(data.paths["bars"]).with_name("positions.f64")
            path.write_bytes(positions.tobytes())
            return {"type": "positions", "path": str(path)}
        raise ValueError(f"Assay said {kind}, which this version of assay-client does not know")


def _versions(versions: Sequence[str] | Mapping[str, str]) -> dict[str, str]:
    if isinstance(versions, Mapping):
        return dict(versions)
    from importlib.metadata import version

    return {name: version(name) for name in versions}


def _numbers(metrics: Mapping[str, float]) -> dict[str, float]:
    """Numbers of numpy and torch are none of JSON."""
    return {name: float(value) for name, value in metrics.items()}


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _log(error: Exception) -> None:
    import traceback

    traceback.print_exception(error, file=sys.stderr)
