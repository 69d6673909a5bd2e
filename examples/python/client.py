"""Searches with `ask_tell`, then reads the study from `assay serve`.

pip install ./src/interop/python; assay serve &; python examples/python/client.py [study] [url] [command that starts assay]
"""

import sys

from assay import Client, ask_tell

study = sys.argv[1] if len(sys.argv) > 1 else "python-example"
url = sys.argv[2] if len(sys.argv) > 2 else "http://127.0.0.1:4000"
command = sys.argv[3:] or ["npx", "assay"]

space = {
    "rate": {"type": "float", "low": 1e-4, "high": 1e-1, "log": True},
    "layers": {"type": "int", "low": 1, "high": 4},
}


def loss_after(step: int, rate: float, layers: int) -> float:
    """A training in small."""
    return abs(rate - 0.01) * 20 + abs(layers - 2) * 0.1 + 1 / step


with ask_tell(space, study=study, direction="minimize", arguments=["--pruner", "median"], command=command) as search:
    for trial in search.trials(20):
        for step in range(1, 6):
            loss = loss_after(step, **trial.params)
            if search.report(trial.number, step, loss):
                search.tell(trial.number, state="pruned")
                break
        else:
            search.tell(trial.number, loss)

client = Client(url)
for trial in client.trials(study, state="complete", sort="value", fields=["address", "value", "params"]):
    print(trial["address"], round(trial["value"], 3), trial["params"])
print("best:", client.best(study)[0]["address"])
