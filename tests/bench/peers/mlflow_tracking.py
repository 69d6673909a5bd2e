"""What MLflow's own client does in a second at a server: ours at a given port, else MLflow's own on sqlite. Prints one JSON document."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time
import urllib.request

asked = json.load(sys.stdin)
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"


def own_server():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder = asked["folder"]
    program = pathlib.Path(sys.executable).with_name("mlflow")
    command = [program, "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--backend-store-uri", f"sqlite:///{folder}/peer.db", "--artifacts-destination", folder]
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1)
            return port, child
        except OSError:
            time.sleep(0.2)
    child.kill()
    raise SystemExit("MLflow's server does not start")


port, server = (asked["port"], None) if asked["port"] is not None else own_server()
try:
    import mlflow
    from mlflow.entities import Metric

    client = mlflow.MlflowClient(f"http://127.0.0.1:{port}")
    experiment = client.create_experiment(f"bench {time.time()}")
    run = client.create_run(experiment).info.run_id

    def rate(n, work):
        work(0)
        began = time.perf_counter()
        for i in range(1, n + 1):
            work(i)
        return n / (time.perf_counter() - began)

    single = rate(asked["single"], lambda i: client.log_metric(run, "single", i, step=i))
    batches = rate(asked["batches"], lambda i: client.log_batch(run, metrics=[Metric("batch", float(j), 1, 100 * i + j) for j in range(100)]))
    for i in range(asked["runs"]):
        one = client.create_run(experiment).info.run_id
        client.log_batch(one, metrics=[Metric("value", float(i), 1, 1)])
    page = rate(asked["pages"], lambda i: client.search_runs([experiment], "metrics.value >= 0", max_results=50, order_by=["metrics.value DESC"]))
    print(json.dumps({"single": single, "batched": 100 * batches, "pageMs": 1000 / page}))
finally:
    if server is not None:
        server.terminate()
        server.wait()
