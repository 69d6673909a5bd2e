"""What a program does with MLflow's own client, from the first experiment to a logged model. Fails where an answer is not what MLflow's server gives."""

import math
import os
import pathlib
import sys
import tempfile

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param, RunTag, ViewType
from mlflow.exceptions import MlflowException

client = MlflowClient()


def refused(code, work):
    try:
        work()
    except MlflowException as error:
        assert error.error_code == code, error
        return str(error)
    raise AssertionError(f"nothing was refused with {code}")


experiment = mlflow.set_experiment("Träding / story")
assert mlflow.set_experiment("Träding / story").experiment_id == experiment.experiment_id
refused("RESOURCE_ALREADY_EXISTS", lambda: client.create_experiment("Träding / story"))
assert client.get_experiment("0").name == "Default"
client.set_experiment_tag(experiment.experiment_id, "team", "alpha")
assert client.get_experiment(experiment.experiment_id).tags["team"] == "alpha"

# params, metrics, tags
with mlflow.start_run(run_name="first", description="a note", tags={"assay.objective": "sharpe"}) as run:
    first = run.info.run_id
    mlflow.log_param("lr", 0.001)
    mlflow.log_params({"gamma": 0.99, "layers": 2, "act": "silu", "double": True, "dotted.name/x": "π"})
    mlflow.log_metric("loss", 0.5, step=1)
    mlflow.log_metric("loss", 0.25, step=3)
    mlflow.log_metric("loss", 0.9, step=2)
    mlflow.log_metric("bad", math.nan, step=1)
    mlflow.log_metric("bad", math.inf, step=2)
    mlflow.log_metric("low", -math.inf, step=2**40)
    mlflow.log_metrics({"sharpe": 1.25, "dd": 0.01}, step=2)
    mlflow.set_tag("k", "v")
    mlflow.set_tags({"k1": "v1", "k2": 7})
    mlflow.delete_tag("k2")
    refused("INVALID_PARAMETER_VALUE", lambda: client.log_param(first, "lr", 0.002))
    client.log_param(first, "lr", 0.001)

    # artifacts
    mlflow.log_text("bär\n", "notes/a b%.txt")
    mlflow.log_dict({"a": [1, 2]}, "c.json")
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "big.bin")
        file.write_bytes(os.urandom(1000) * 3000)
        mlflow.log_artifact(str(file), "sub")
        mlflow.log_artifacts(folder, "all")
        names = sorted(one.path for one in client.list_artifacts(first))
        assert names == ["all", "c.json", "notes", "sub"], names
        (listed,) = client.list_artifacts(first, "sub")
        assert (listed.path, listed.is_dir, listed.file_size) == ("sub/big.bin", False, 3_000_000), listed
        got = client.download_artifacts(first, "sub/big.bin", folder)
        assert pathlib.Path(got).read_bytes() == file.read_bytes()
    assert mlflow.artifacts.load_text(f"runs:/{first}/notes/a b%.txt") == "bär\n"
    assert mlflow.artifacts.load_dict(f"runs:/{first}/c.json") == {"a": [1, 2]}

    # nested runs
    with mlflow.start_run(run_name="child", nested=True) as child:
        mlflow.log_metric("x", 1)
    assert client.get_run(child.info.run_id).data.tags["mlflow.parentRunId"] == first

    # inputs
    source = Dataset(name="bars", digest="d1", source_type="code", source="{}", schema="{}", profile="{}")
    client.log_inputs(first, [DatasetInput(source, [InputTag("mlflow.data.context", "training")])])

done = client.get_run(first)
assert done.info.status == "FINISHED" and done.info.run_name == "first" and done.info.end_time >= done.info.start_time
assert done.data.params == {"lr": "0.001", "gamma": "0.99", "layers": "2", "act": "silu", "double": "True", "dotted.name/x": "π"}
metrics = done.data.metrics
assert (metrics["loss"], metrics["bad"], metrics["low"], metrics["sharpe"]) == (0.25, math.inf, -math.inf, 1.25), metrics
assert done.data.tags["mlflow.note.content"] == "a note" and done.data.tags["k1"] == "v1" and "k2" not in done.data.tags
assert done.inputs.dataset_inputs[0].dataset.name == "bars"
assert [(one.step, one.value) for one in client.get_metric_history(first, "loss")] == [(1, 0.5), (2, 0.9), (3, 0.25)]
bad = client.get_metric_history(first, "bad")
assert math.isnan(bad[0].value) and bad[1].value == math.inf
assert client.get_metric_history(first, "low")[0].step == 2**40

# 200 asynchronous metrics
with mlflow.start_run(run_name="async") as run:
    for step in range(200):
        mlflow.log_metric("m", step * 0.5, step=step, synchronous=False)
    mlflow.flush_async_logging()
assert [one.value for one in client.get_metric_history(run.info.run_id, "m")] == [step * 0.5 for step in range(200)]

# batches: all or nothing
batch = [Metric("b", float(step), 1_790_000_000_000 + step, step) for step in range(1000)]
client.log_batch(first, metrics=batch, params=[Param("late", "1")], tags=[RunTag("t", "1")])
assert len(client.get_metric_history(first, "b")) == 1000
refused("INVALID_PARAMETER_VALUE", lambda: client.log_batch(first, metrics=[Metric("never", 1.0, 1, 1)], params=[Param("new", "1"), Param("lr", "7")]))
assert "never" not in client.get_run(first).data.metrics and "new" not in client.get_run(first).data.params

# search
def found(filter_string, order_by=None, view=ViewType.ACTIVE_ONLY):
    return [one.info.run_name for one in client.search_runs([experiment.experiment_id], filter_string, view, order_by=order_by)]


assert found("metrics.sharpe > 1 and params.act = 'silu'") == ["first"]
assert found("params.`dotted.name/x` LIKE '%π%' AND tags.k1 != 'x'") == ["first"]
assert found("attributes.run_name ILIKE 'FIRST' and status = 'FINISHED'") == ["first"]
assert found(f"run_id IN ('{first}', 'x')") == ["first"]
assert found("metrics.sharpe > 2") == []
assert found("", ["metrics.m DESC", "attributes.start_time ASC"]) == ["async", "first", "child"]
refused("INVALID_PARAMETER_VALUE", lambda: found("metrics.sharpe >> 1"))
page = client.search_runs([experiment.experiment_id], max_results=2)
assert len(page) == 2 and len(client.search_runs([experiment.experiment_id], max_results=2, page_token=page.token)) == 1
assert [one.name for one in client.search_experiments(filter_string="name LIKE 'Träd%'")] == ["Träding / story"]

# resume, rename, delete, restore
with mlflow.start_run(run_id=first):
    assert client.get_run(first).info.status == "RUNNING"
    mlflow.log_metric("sharpe", 1.5, step=9)
client.set_terminated(first, "FAILED")
assert client.get_run(first).info.status == "FAILED"
client.set_terminated(first)
client.update_run(first, name="renamed")
assert client.get_run(first).info.run_name == "renamed" == client.get_run(first).data.tags["mlflow.runName"]
client.delete_run(first)
assert "renamed" not in found("") and "renamed" in found("", view=ViewType.DELETED_ONLY)
refused("INVALID_PARAMETER_VALUE", lambda: client.log_metric(first, "x", 1))
client.restore_run(first)
client.log_metric(first, "x", 1)
spare = client.create_experiment("spare")
client.delete_experiment(spare)
assert client.get_experiment(spare).lifecycle_stage == "deleted"
client.restore_experiment(spare)

# logged models
class Doubles(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[float]) -> list[float]:
        return [2 * one for one in model_input]


with mlflow.start_run(run_name="with-model") as run:
    model = mlflow.pyfunc.log_model(name="policy", python_model=Doubles(), pip_requirements=[])
assert client.get_logged_model(model.model_id).status == "READY"
assert client.get_run(run.info.run_id).outputs.model_outputs[0].model_id == model.model_id
assert mlflow.pyfunc.load_model(model.model_uri).predict([1.0, 2.0]) == [2.0, 4.0]

# registry
refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_registered_model("nobody"))
assert "assay promote" in refused("PERMISSION_DENIED", lambda: client.create_registered_model("mine"))
refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_run("f" * 32))

# studies of our own
native = mlflow.get_experiment_by_name(sys.argv[1])
(trial,) = client.search_runs([native.experiment_id], "metrics.objective > 0.5")
assert trial.data.params == {"x": "0.25"} and trial.info.status == "FINISHED"
assert [one.value for one in client.get_metric_history(trial.info.run_id, "objective")] == [0.5, 0.75]
refused("INVALID_PARAMETER_VALUE", lambda: client.log_metric(trial.info.run_id, "x", 1))
print("told", first)
