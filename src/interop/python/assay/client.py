"""Reads and commands of `assay serve`.

    from assay import Client

    client = Client()                                  # http://127.0.0.1:4000, the token from ASSAY_TOKEN
    for trial in client.trials("nvda-msft", sort="-value", state="complete"):
        print(trial["address"], trial["value"], trial["params"])
"""

from __future__ import annotations

import json
import os
import uuid
from http.client import HTTPException
from pathlib import Path
from typing import Any, Iterator, Mapping
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

from .errors import AssayError

__all__ = ["Client"]


class Client:
    """A connection to one server. Documents are dictionaries as /openapi.json describes them; `nonFinite` names members that JSON cannot hold."""

    def __init__(self, url: str = "http://127.0.0.1:4000", token: str | None = None, timeout: float = 60) -> None:
        self._url = url.rstrip("/")
        self._token = os.environ.get("ASSAY_TOKEN") if token is None else token
        self._timeout = timeout

    def studies(self, **query: Any) -> Iterator[dict[str, Any]]:
        """All studies, newest first."""
        return self.pages("/v1/studies", **query)

    def study(self, name: str) -> dict[str, Any]:
        return self.get(f"/v1/studies/{_part(name)}")

    def trials(self, study: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Trials of a study: `state`, `where`, `sort` (`-value`), `fields` as in the API."""
        return self.pages(f"/v1/studies/{_part(study)}/trials", **query)

    def trial(self, address: str) -> dict[str, Any]:
        """One trial, `nvda-msft#42`, with its reports, attempts and validation."""
        return self.get(_trial(address))

    def best(self, study: str, top: int | None = None) -> list[dict[str, Any]]:
        """The best trials, or the Pareto set."""
        return list(self.get(f"/v1/studies/{_part(study)}/best", top=top)["trials"])

    def gates(self, address: str, policy: str | None = None) -> dict[str, Any]:
        """What every gate says of a validated trial."""
        return self.get(f"{_trial(address)}/gates", policy=policy)

    def models(self, **query: Any) -> Iterator[dict[str, Any]]:
        return self.pages("/v1/models", **query)

    def enqueue(self, study: str, params: Mapping[str, Any], request: str | None = None, **options: Any) -> dict[str, Any]:
        """Queues a trial with these parameters. `request` is a text of your own: sent again, it queues nothing. Options as in the API."""
        return self.post(f"/v1/studies/{_part(study)}/trials", {"params": dict(params), **options}, request)

    def download_policy(self, version: str, path: str | os.PathLike[str]) -> None:
        """Writes the policy of `model@3` or `model@champion`: an ONNX file, or the archive of an external trainer. The file is there whole or not at all."""
        model, _, alias = version.partition("@")
        policy = self._send("GET", f"/v1/models/{_part(model)}/versions/{_part(alias)}/policy.onnx")
        draft = Path(f"{os.fspath(path)}.{uuid.uuid4().hex}.part")
        try:
            draft.write_bytes(policy)
            os.replace(draft, path)
        finally:
            draft.unlink(missing_ok=True)

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """The items of every page, which are read as they are needed."""
        cursor = None
        while True:
            page = self.get(path, **query, cursor=cursor)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def get(self, path: str, **query: Any) -> Any:
        """The document at a path of the API; a query member that is None is left out, a list is joined by commas."""
        given = {name: ",".join(map(str, value)) if isinstance(value, (list, tuple)) else value for name, value in query.items() if value is not None}
        return self._read(self._send("GET", path + ("?" + urlencode(given) if given else "")))

    def post(self, path: str, body: Mapping[str, Any] | None = None, request: str | None = None) -> Any:
        """The answer to a command. It is carried out once however often the same `request` is sent; by default each call is another one."""
        return self._read(self._send("POST", path, body or {}, request or str(uuid.uuid4())))

    def _read(self, answer: bytes) -> Any:
        try:
            return json.loads(answer)
        except ValueError as error:
            raise AssayError("unavailable", f"{self._url} answered what is no JSON: {answer[:200]!r}", "is it the address of assay serve?") from error

    def _send(self, method: str, path: str, body: Mapping[str, Any] | None = None, key: str | None = None) -> bytes:
        """The whole answer: one that breaks off is none."""
        headers = {"Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        if key is not None:
            headers["Idempotency-Key"] = key
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        try:
            with urlopen(Request(self._url + path, data=data, headers=headers, method=method), timeout=self._timeout) as answer:
                return answer.read()
        except HTTPError as error:
            raise _refusal(error) from None
        except (OSError, HTTPException) as error:
            raise AssayError("unavailable", f"{self._url} does not answer: {getattr(error, 'reason', error)}", "start it: assay serve") from error


def _part(text: str) -> str:
    return quote(text, safe="")


def _trial(address: str) -> str:
    study, mark, number = address.partition("#")
    if mark == "" or not number.isdigit():
        raise AssayError("usage", f"{address!r} is no trial", "an address is a study, # and a number: nvda-msft#42")
    return f"/v1/studies/{_part(study)}/trials/{number}"


def _refusal(error: HTTPError) -> AssayError:
    try:
        with error:
            text = error.read().decode(errors="replace")
    except (OSError, HTTPException) as broken:
        return AssayError("unavailable", f"HTTP {error.code}, and no more: {broken}")
    try:
        problem = json.loads(text)
        return AssayError.of(problem)
    except (ValueError, AttributeError):
        return AssayError("internal", f"HTTP {error.code}: {text[:200]}")
