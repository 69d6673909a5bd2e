"""Drives Assay's search from Python over JSON lines: python3 ask_tell.py npx assay ask-tell --space space.json"""

import json
import subprocess
import sys
from pathlib import Path

command = sys.argv[1:] or ["npx", "assay", "ask-tell", "--space", str(Path(__file__).with_name("space.json"))]
search = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def call(**request):
    """Sends one request and returns its answer."""
    search.stdin.write(json.dumps(request) + "\n")
    search.stdin.flush()
    answer = json.loads(search.stdout.readline())
    if "error" in answer:
        raise RuntimeError(answer["error"]["message"])
    return answer


for _ in range(20):
    trial = call(op="ask")
    x = trial["params"]["x"]
    loss = (x - 2) ** 2 + (1 if trial["params"]["kind"] == "rough" else 0)
    call(op="tell", number=trial["number"], value=loss)

print(json.dumps(call(op="best")))
search.stdin.close()
search.wait()
