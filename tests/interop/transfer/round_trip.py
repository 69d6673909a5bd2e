"""make FILE: a database with what studies can hold. compare FILE COPY...: exits with 1 and says where a copy differs."""
import math
import sys

import optuna

optuna.logging.set_verbosity(optuna.logging.ERROR)


def storage_of(path):
    if path.endswith(".journal"):
        return optuna.storages.JournalStorage(optuna.storages.journal.JournalFileBackend(path))
    return optuna.storages.RDBStorage(f"sqlite:///{path}")


def make(path):
    storage = storage_of(path)
    study = optuna.create_study(storage=storage, study_name="Odd / ü", direction="maximize", sampler=optuna.samplers.TPESampler(seed=3))
    study.set_user_attr("odd", {"nan": math.nan, "list": [1.0, None, True, 12345678901234567890], "ü": '"'})

    def objective(trial):
        x = trial.suggest_float("x", -5, 5)
        k = trial.suggest_int("k", 1, 8, log=True)
        q = trial.suggest_float("q", 0, 1, step=0.25)
        c = trial.suggest_categorical("c", ["a", None, True, 1.5])
        for step, value in enumerate([x, math.nan, math.inf, -math.inf, k / 3]):
            trial.report(value, step * 1000)
        trial.set_user_attr("choice", c)
        trial.set_user_attr("inf", -math.inf)
        if trial.number % 5 == 3:
            raise optuna.TrialPruned()
        if trial.number % 5 == 4:
            raise ValueError("planned")
        return math.inf if trial.number == 7 else x * q

    study.enqueue_trial({"x": 1.0, "k": 2, "q": 0.5, "c": None}, user_attrs={"by": "hand"})
    study.optimize(objective, n_trials=20, catch=ValueError)
    study.ask().suggest_float("x", -5, 5)
    study.enqueue_trial({"x": 2.5})
    several = optuna.create_study(storage=storage, study_name="several", directions=["maximize", "minimize"])
    several.set_metric_names(["sharpe", "drawdown"])
    several.add_trial(
        optuna.trial.create_trial(
            values=[0.1 + 0.2, -math.inf],
            params={"lr": 5e-324},
            distributions={"lr": optuna.distributions.FloatDistribution(0, 1)},
            system_attrs={"constraints": [-1.0, 0.0]},
        )
    )


def facts(study):
    trials = [
        (t.number, t.state, t.values, t.datetime_start, t.datetime_complete, t.params, t.distributions, t.user_attrs, t.system_attrs, t.intermediate_values)
        for t in study.get_trials()
    ]
    # NaN equals nothing, and repr tells all floats apart.
    return [repr(sorted(fact.items()) if isinstance(fact, dict) else fact) for trial in trials for fact in trial] + [
        repr((study.study_name, study.directions, sorted(study.user_attrs.items()), study.metric_names))
    ]


def compare(path, copies):
    storage = storage_of(path)
    for copy in copies:
        copied = storage_of(copy)
        for name in optuna.get_all_study_names(copied):
            there, here = (facts(optuna.load_study(study_name=name, storage=one)) for one in (storage, copied))
            assert len(there) > 1 and there == here, "\n".join(f"{copy} {name}: {a} {b}" for a, b in zip(there, here) if a != b)
            print(f"{name}: {len(there)}")
            # The copy is a database like any other: a search goes on in it.
            study = optuna.load_study(study_name=name, storage=copied)
            assert study.ask().number == len(study.trials) - 1


if sys.argv[1] == "make":
    make(sys.argv[2])
else:
    compare(sys.argv[2], sys.argv[3:])
