"""Prints what seeded samplers suggest in memory and through the server at ASSAY_OPTUNA_PORT."""

import json
import logging
import os

import optuna

optuna.logging.set_verbosity(logging.ERROR)


def objective(trial):
    kind = trial.suggest_categorical("kind", ["a", None, 3, 0.5, True])
    x = trial.suggest_float("x", -5, 5)
    rate = trial.suggest_float("rate", 1e-5, 1e-1, log=True)
    depth = trial.suggest_int("depth", 1, 8)
    if kind == "a":
        x += trial.suggest_float("only a", 0, 1, step=0.25)
    for step in range(3):
        trial.report(x * x / (step + 1), step)
        if trial.should_prune():
            raise optuna.TrialPruned
    return x * x + abs(depth - 3) + rate


def searched(storage, sampler):
    study = optuna.create_study(storage=storage, sampler=sampler, pruner=optuna.pruners.MedianPruner(n_startup_trials=3))
    study.optimize(objective, n_trials=14)
    return [[trial.state.name, trial.values, trial.params, trial.intermediate_values] for trial in study.get_trials()]


def proxy():
    return optuna.storages.GrpcStorageProxy(host="127.0.0.1", port=int(os.environ["ASSAY_OPTUNA_PORT"]))


samplers = {
    "random": lambda: optuna.samplers.RandomSampler(seed=3),
    "tpe": lambda: optuna.samplers.TPESampler(seed=3, n_startup_trials=5),
    "multivariate tpe": lambda: optuna.samplers.TPESampler(seed=3, n_startup_trials=5, multivariate=True, warn_independent_sampling=False),
}
print(json.dumps({name: {"memory": searched(None, make()), "served": searched(proxy(), make())} for name, make in samplers.items()}))
