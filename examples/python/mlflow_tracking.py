"""Logs three training runs with MLflow's own client; `assay serve` keeps them.

    pip install mlflow-skinny
    assay serve &
    MLFLOW_TRACKING_URI=http://127.0.0.1:4000 python examples/python/mlflow_tracking.py
"""

import os
import random

import mlflow

mlflow.set_tracking_uri(os.environ.get("MLFLOW_TRACKING_URI", "http://127.0.0.1:4000"))
mlflow.set_experiment("mlflow-example")

for learning_rate in (0.03, 0.01, 0.003):
    # The tag names the metric that is the value of the run in Assay: its lists and charts sort by it.
    with mlflow.start_run(run_name=f"lr-{learning_rate}", tags={"assay.objective": "sharpe"}) as run:
        mlflow.log_params({"learning_rate": learning_rate, "layers": 2, "activation": "silu"})
        draw = random.Random(f"seed of {learning_rate}")
        for step in range(20):
            mlflow.log_metric("loss", 1 / (1 + step * learning_rate * 10), step=step)
        mlflow.log_metric("sharpe", 0.5 + draw.random(), step=19)
        mlflow.log_text("anything worth keeping", "notes/run.txt")

best = mlflow.search_runs(
    experiment_names=["mlflow-example"],
    filter_string="params.activation = 'silu' and metrics.sharpe > 0",
    order_by=["metrics.sharpe DESC"],
    output_format="list",
)[0]
print(f"best: {best.info.run_name} with a Sharpe ratio of {best.data.metrics['sharpe']:.3f}")
