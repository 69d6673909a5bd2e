"""Optuna on the work of tests/bench/ask.ts: milliseconds of processor time per ask and tell, importance and decision."""
import json
import sys
import time
import warnings

import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
work = json.load(sys.stdin)


def distribution(param):
    if param["type"] == "choice":
        return CategoricalDistribution(param["choices"])
    kind = FloatDistribution if param["type"] == "float" else IntDistribution
    return kind(param["low"], param["high"], log=param.get("log", False))


def study_of(task, sampler):
    space = {name: distribution(param) for name, param in task["space"].items()}
    study = optuna.create_study(sampler=sampler)
    study.add_trials(
        [
            optuna.trial.create_trial(params=params, distributions=space, value=value)
            for params, value in zip(task["params"], task["values"])
        ]
    )
    return study, space


def median_ms(call, calls):
    costs = []
    for _ in range(calls):
        start = time.process_time()
        call()
        costs.append(1000 * (time.process_time() - start))
    return sorted(costs)[len(costs) // 2]


def ask_ms(task, sampler, calls):
    study, space = study_of(task, sampler)

    def ask_and_tell():
        study.tell(study.ask(space), 1.0)

    ask_and_tell()
    return median_ms(ask_and_tell, calls)


def importance_ms(task):
    study, _ = study_of(task, optuna.samplers.RandomSampler())
    return median_ms(lambda: optuna.importance.get_param_importances(study), 5)


def decision_ms(peers, steps):
    study = optuna.create_study(pruner=optuna.pruners.MedianPruner())
    study.add_trials(
        [
            optuna.trial.create_trial(value=float(i), intermediate_values={step: (i * 7919 % peers) / peers for step in range(steps)})
            for i in range(peers)
        ]
    )
    trial = study.ask()
    for step in range(steps // 2):
        trial.report(0.4, step)
    return median_ms(trial.should_prune, 20)


small, large, few = work["tasks"]
print(
    json.dumps(
        {
            "tpeSmall": ask_ms(small, optuna.samplers.TPESampler(seed=1), 30),
            "tpeLarge": ask_ms(large, optuna.samplers.TPESampler(seed=1), 10),
            "gp": ask_ms(few, optuna.samplers.GPSampler(seed=1), 5),
            "importance": importance_ms(small),
            "decision": decision_ms(work["peers"], work["steps"]),
        }
    )
)
