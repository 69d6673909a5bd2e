"""Runs trials of a shared study at ASSAY_OPTUNA_PORT; with `hang` it stops answering in its third trial."""

import logging
import os
import sys
import time

import optuna

optuna.logging.set_verbosity(logging.ERROR)
name, count, hangs = sys.argv[1], int(sys.argv[2]), "hang" in sys.argv
done = 0


def objective(trial):
    global done
    x = trial.suggest_float("x", -1, 1)
    if hangs and done == 2:
        trial.set_user_attr("hangs", True)
        time.sleep(3600)
    trial.report(x, 1)
    done += 1
    return x * x


storage = optuna.storages.GrpcStorageProxy(host="127.0.0.1", port=int(os.environ["ASSAY_OPTUNA_PORT"]))
study = optuna.create_study(storage=storage, study_name=name, load_if_exists=True, sampler=optuna.samplers.RandomSampler())
study.optimize(objective, n_trials=count)
