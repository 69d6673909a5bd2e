"""Fills what the peers' dashboards show: a study of Optuna for each size, and an experiment of MLflow. Prints where they lie."""

import json
import random
import sqlite3
import sys
import warnings
from pathlib import Path

warnings.filterwarnings("ignore")

PARAMETERS = 5


def fill_optuna(path, trials):
    """Trials of five parameters, put there in a few statements: through the library it would take an hour."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(storage=f"sqlite:///{path}", study_name="bench")
    distribution = optuna.distributions.distribution_to_json(optuna.distributions.FloatDistribution(-5, 5))
    draw = random.Random(1)
    with sqlite3.connect(path) as database:
        database.executemany(
            "insert into trials (trial_id, number, study_id, state, datetime_start, datetime_complete)"
            " values (?, ?, ?, 'COMPLETE', '2026-01-01 00:00:00.000000', '2026-01-01 00:00:01.000000')",
            ((n + 1, n, study._study_id) for n in range(trials)),
        )
        database.executemany(
            "insert into trial_params (trial_id, param_name, param_value, distribution_json) values (?, ?, ?, ?)",
            ((n + 1, f"x{i}", draw.uniform(-5, 5), distribution) for n in range(trials) for i in range(PARAMETERS)),
        )
        database.executemany(
            "insert into trial_values (trial_id, objective, value, value_type) values (?, 0, ?, 'FINITE')",
            ((n + 1, draw.random()) for n in range(trials)),
        )


def fill_mlflow(path, runs):
    from mlflow.entities import Metric, Param
    from mlflow.tracking import MlflowClient

    client = MlflowClient(f"sqlite:///{path}")
    experiment = client.create_experiment("bench", artifact_location=f"file://{path}-artifacts")
    draw = random.Random(1)
    for n in range(runs):
        run = client.create_run(experiment, run_name=f"bench-run-{n}")
        params = [Param(f"x{i}", str(draw.uniform(-5, 5))) for i in range(PARAMETERS)]
        client.log_batch(run.info.run_id, metrics=[Metric("value", draw.random(), 1767225600000, 0)], params=params)
        client.set_terminated(run.info.run_id)
    return experiment


wanted = json.load(sys.stdin)
folder = Path(wanted["folder"])
for trials in wanted["trials"]:
    fill_optuna(folder / f"optuna-{trials}.db", trials)
experiment = fill_mlflow(folder / "mlflow.db", wanted["runs"])
print(json.dumps({"experiment": experiment}))
