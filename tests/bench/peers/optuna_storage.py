"""Trials a second through GrpcStorageProxy; with --serve Optuna's own server on sqlite in a process beside it.

Reads {"port", "folder", "trials", "clients"} from stdin (port null: its own server) and prints {"one", "many"}.
"""

import json
import logging
import multiprocessing
import socket
import sys
import time
import uuid

import optuna


def objective(trial):
    return sum(trial.suggest_float(f"x{i}", 0, 1) for i in range(5))


def serve(url, port):
    optuna.storages.run_grpc_proxy_server(optuna.storages.get_storage(url), host="127.0.0.1", port=port)


def work(port, name, trials, barrier):
    optuna.logging.set_verbosity(logging.ERROR)
    storage = optuna.storages.GrpcStorageProxy(host="127.0.0.1", port=port)
    storage.wait_server_ready(timeout=60)
    study = optuna.create_study(
        storage=storage, study_name=name, load_if_exists=True, sampler=optuna.samplers.RandomSampler()
    )
    barrier.wait()
    study.optimize(objective, n_trials=trials)


def rate(context, port, clients, trials):
    name = str(uuid.uuid4())
    barrier = context.Barrier(clients + 1)
    processes = [context.Process(target=work, args=(port, name, trials, barrier)) for _ in range(clients)]
    for process in processes:
        process.start()
    barrier.wait()
    began = time.perf_counter()
    for process in processes:
        process.join()
    return clients * trials / (time.perf_counter() - began)


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    context = multiprocessing.get_context("spawn")
    port, server = asked["port"], None
    if port is None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = context.Process(target=serve, args=(f"sqlite:///{asked['folder']}/optuna.db", port), daemon=True)
        server.start()
    one = rate(context, port, 1, asked["trials"])
    many = rate(context, port, asked["clients"], asked["trials"])
    if server is not None:
        server.terminate()
    print(json.dumps({"one": one, "many": many}))
