"""What Optuna's command line costs on the work of tests/bench/start.ts.

stdin: {"url", "studies", "rounds"}; url names an empty database. Prints {"version", "list"}: seconds of processor time, medians.
"""
import json
import os
import resource
import statistics
import subprocess
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)
work = json.load(sys.stdin)
tool = os.path.join(os.path.dirname(sys.executable), "optuna")


def cost(*args):
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([tool, *args], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


for i in range(work["studies"]):
    optuna.create_study(storage=work["url"], study_name=f"study-{i}")
rounds = [(cost("--version"), cost("studies", "--storage", work["url"])) for _ in range(work["rounds"])]
version, listing = (statistics.median(column) for column in zip(*rounds))
print(json.dumps({"version": version, "list": listing}))
