"""Searches with Optuna's sampler and pruner; Assay keeps the study.

assay serve --optuna, then: python examples/python/optuna_study.py [trials] [port]
"""

import sys

import optuna


def objective(trial: optuna.Trial) -> float:
    """A training run in small: each step comes closer to what the parameters allow."""
    rate = trial.suggest_float("rate", 1e-4, 1e-1, log=True)
    layers = trial.suggest_int("layers", 1, 4)
    activation = trial.suggest_categorical("activation", ["relu", "silu"])
    limit = 1 - abs(rate - 0.01) * 8 - abs(layers - 2) * 0.1 - (activation == "relu") * 0.05
    for step in range(1, 6):
        trial.report(limit * (1 - 0.5**step), step)
        if trial.should_prune():
            raise optuna.TrialPruned
    trial.set_user_attr("turnover", 10 / layers)
    return limit


if __name__ == "__main__":
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    port = int(sys.argv[2]) if len(sys.argv) > 2 else 13000
    study = optuna.create_study(
        storage=optuna.storages.GrpcStorageProxy(host="127.0.0.1", port=port),
        study_name="optuna example",
        direction="maximize",
        load_if_exists=True,
        sampler=optuna.samplers.TPESampler(seed=1),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=5),
    )
    study.optimize(objective, n_trials=trials)
    print(f"best {study.best_value:.3f} of {len(study.trials)} trials: {study.best_params}")
