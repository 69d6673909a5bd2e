"""Reads a native study at ASSAY_OPTUNA_PORT as Optuna's plots do, and tries to write to it."""

import json
import os
import sys

import optuna

storage = optuna.storages.GrpcStorageProxy(host="127.0.0.1", port=int(os.environ["ASSAY_OPTUNA_PORT"]))
study = optuna.load_study(study_name=sys.argv[1], storage=storage)
try:
    study.ask()
    refused = None
except Exception as error:
    refused = error.details()
best = study.best_trial
print(
    json.dumps(
        {
            "names": optuna.get_all_study_names(storage),
            "trials": len(study.trials),
            "best": [best.number, best.value, best.params],
            "importances": sorted(optuna.importance.get_param_importances(study, evaluator=optuna.importance.PedAnovaImportanceEvaluator())),
            "refused": refused,
        }
    )
)
