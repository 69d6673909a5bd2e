"""What assay-client says when its peer breaks off: python client_faults.py prints ok."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

from assay import AssayError, Client, ask_tell


def refused(code, call):
    try:
        call()
    except AssayError as error:
        assert error.code == code, (error.code, code, str(error))
    else:
        raise AssertionError(f"nothing was refused with {code}")


def answering(answer):
    """The address of a server that sends these bytes to everybody, whatever is asked."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            peer, _ = listener.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


broken = answering(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{}")
refused("unavailable", lambda: Client(broken).study("a"))
refused("unavailable", lambda: Client(answering(b"")).study("a"))
refused("unavailable", lambda: Client(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>")).study("a"))
refused("unavailable", lambda: Client(answering(b"HTTP/1.1 404 Not Found\r\nContent-Length: 100\r\n\r\n{}")).study("a"))

with tempfile.TemporaryDirectory() as folder:
    policy = Path(folder, "policy.onnx")
    policy.write_bytes(b"the one before")
    refused("unavailable", lambda: Client(broken).download_policy("model@1", policy))
    assert policy.read_bytes() == b"the one before"
    Client(answering(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew")).download_policy("model@1", policy)
    assert policy.read_bytes() == b"new"
    assert os.listdir(folder) == ["policy.onnx"]


def ended():
    with ask_tell({}, command=[sys.executable, "-c", "pass"]) as search:
        search._process.wait()
        search.ask()


refused("unavailable", ended)


class Number:
    """As numbers of numpy that are no Python float."""

    def __float__(self):
        return 0.5


echo = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"
with ask_tell({}, command=[sys.executable, "-c", echo]) as search:
    assert search.send("add", params={"rate": Number(), "worst": float("nan")})["params"] == {"rate": 0.5, "worst": "NaN"}

# The cancellation comes in the same piece as the training.
trainer = """
from assay import serve_trainer

def train(task):
    for _ in range(3):
        task.alive()
    return b"not stopped"

serve_trainer("early", train, load=lambda path: None)
"""
data = {"symbols": [], "fields": [], "rows": 0, "firstRow": 0, "parts": [], "features": {"path": "", "names": []}, "time": "", "session": "", "bars": ""}
with tempfile.TemporaryDirectory() as folder:
    search = {"type": "search", "id": 1, "params": {}, "seed": 1, "data": [data], "folder": folder, "environment": {}, "resumeFrom": None}
    told = [{"type": "hello", "protocol": 1}, search, {"type": "cancel", "id": 1}, {"type": "bye"}]
    lines = "".join(json.dumps(message) + "\n" for message in told)
    said = subprocess.run([sys.executable, "-c", trainer], input=lines, capture_output=True, text=True, timeout=60)
kinds = [json.loads(line)["type"] for line in said.stdout.splitlines()]
assert kinds == ["ready", "alive", "stopped"], (kinds, said.stderr)
print("ok")
