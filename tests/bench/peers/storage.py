"""Optuna's RDBStorage on the work of tests/bench/storage.ts, on the same server.

stdin: {"url", "listUrl", "workers", "seconds", "history", "studies", "trialsEach"}; url and listUrl name two empty databases.
Prints {"random": {...}, "tpe": {...}, "bestMs", "loadMs", "listMs"}.
"""
import json
import multiprocessing
import sys
import time
import warnings

import optuna
from optuna.storages import RDBStorage
from sqlalchemy import event, text

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)
NAMES = [f"x{i}" for i in range(5)]


def objective(trial):
    return sum(trial.suggest_float(name, -5, 5) ** 2 for name in NAMES)


def reporting(trial):
    value = objective(trial)
    for step in range(1, 11):
        trial.report(value + 1 / step, step)
        if trial.should_prune():
            raise optuna.TrialPruned()
    return value


def sampler_of(name, seed):
    return optuna.samplers.RandomSampler(seed=seed) if name == "random" else optuna.samplers.TPESampler(seed=seed)


def worker(url, study_name, sampler, reports, seconds, seed, ready, counts):
    """Asks and tells for so long; hands in its trials, statements and commits."""
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    storage = RDBStorage(url)
    seen = {"statements": 0, "commits": 0}

    def count(what):
        seen[what] += 1

    study = optuna.load_study(study_name=study_name, storage=storage, sampler=sampler_of(sampler, seed), pruner=optuna.pruners.MedianPruner())
    event.listen(storage.engine, "before_cursor_execute", lambda *_: count("statements"))
    event.listen(storage.engine, "commit", lambda *_: count("commits"))
    trials = 0

    def tally(_study, _trial):
        nonlocal trials
        trials += 1

    ready.wait()
    start = time.perf_counter()
    study.optimize(reporting if reports else objective, timeout=seconds, callbacks=[tally])
    counts.put((trials, time.perf_counter() - start, seen["statements"], seen["commits"]))


def rate(work, sampler, reports):
    name = f"{sampler}-{reports}"
    optuna.create_study(study_name=name, storage=RDBStorage(work["url"]))
    ready, counts = multiprocessing.Barrier(work["workers"]), multiprocessing.Queue()
    arguments = (work["url"], name, sampler, reports, work["seconds"])
    processes = [multiprocessing.Process(target=worker, args=(*arguments, seed, ready, counts)) for seed in range(work["workers"])]
    for process in processes:
        process.start()
    trials, seconds, statements, commits = zip(*(counts.get() for _ in processes))
    for process in processes:
        process.join()
    return sum(trials) / max(seconds), sum(statements) / sum(trials), sum(commits) / sum(trials)


def fill(storage, name, trials):
    """As Optuna itself would write them, but in three statements."""
    study = optuna.create_study(study_name=name, storage=storage)
    distribution = optuna.distributions.distribution_to_json(optuna.distributions.FloatDistribution(-5, 5))
    with storage.engine.begin() as connection:
        connection.execute(
            text(
                "insert into trials (number, study_id, state, datetime_start, datetime_complete)"
                " select n, :study, 'COMPLETE', now(), now() from generate_series(0, :last) as n"
            ),
            {"study": study._study_id, "last": trials - 1},
        )
        connection.execute(
            text(
                "insert into trial_values (trial_id, objective, value, value_type)"
                " select trial_id, 0, random(), 'FINITE' from trials where study_id = :study"
            ),
            {"study": study._study_id},
        )
        for param in NAMES:
            connection.execute(
                text(
                    "insert into trial_params (trial_id, param_name, param_value, distribution_json)"
                    " select trial_id, :name, random() * 10 - 5, :distribution from trials where study_id = :study"
                ),
                {"study": study._study_id, "name": param, "distribution": distribution},
            )
    with storage.engine.begin() as connection:
        connection.execute(text("analyze"))
    return study


def median_ms(call, calls):
    costs = []
    for _ in range(calls):
        start = time.perf_counter()
        call()
        costs.append(1000 * (time.perf_counter() - start))
    return sorted(costs)[len(costs) // 2]


def load_ms(url):
    study = optuna.load_study(study_name="history", storage=RDBStorage(url))
    return median_ms(study.get_trials, 1)


def main():
    work = json.load(sys.stdin)
    results = {}
    for sampler in ["random", "tpe"]:
        plain, statements, commits = rate(work, sampler, False)
        pruning, _, _ = rate(work, sampler, True)
        results[sampler] = {"perSecond": plain, "pruningPerSecond": pruning, "statements": statements, "commits": commits}
    storage = RDBStorage(work["url"])
    study = fill(storage, "history", work["history"])
    best = median_ms(lambda: study.best_trial, 5)
    load = sorted(load_ms(work["url"]) for _ in range(3))[1]
    listed = RDBStorage(work["listUrl"])
    for i in range(work["studies"]):
        fill(listed, f"list-{i}", work["trialsEach"])
    summaries = median_ms(lambda: optuna.get_all_study_summaries(listed), 1)
    print(json.dumps({**results, "bestMs": best, "loadMs": load, "listMs": summaries}))


if __name__ == "__main__":
    main()
