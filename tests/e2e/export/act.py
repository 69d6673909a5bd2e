"""Acts with an exported policy, knowing only its file: `act.py <policy.onnx> <observations.json>` prints the actions as JSON."""

import json
import sys

import numpy
import onnxruntime

session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
remembers = next((value.shape for value in session.get_inputs() if value.name == "state"), None)
names = [value.name for value in session.get_outputs()]
actions = []
with open(sys.argv[2]) as file:
    episodes = json.load(file)
for episode in episodes:
    state = None if remembers is None else numpy.zeros(remembers, numpy.float32)
    for row in episode:
        feeds = {"observation": numpy.array([row], numpy.float32)}
        if state is not None:
            feeds["state"] = state
        results = dict(zip(names, session.run(names, feeds)))
        if state is not None:
            state = results["nextState"]
        actions.append([float(value) for value in results["action"][0]])
print(json.dumps(actions))
