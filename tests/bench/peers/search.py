"""A sampler of another program, asked over JSON lines: {"op": "ask"} answers {"params", "ms"}, {"op": "tell", "value"} answers {}."""
import json
import sys
import tempfile
import time
import warnings

warnings.simplefilter("ignore")


def is_active(param, chosen):
    return all(chosen.get(guard["param"]) in guard["in"] for guard in param["when"])


class Optuna:
    def __init__(self, sampler, space, seed, trials):
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        made = {"optuna_tpe": optuna.samplers.TPESampler, "optuna_gp": optuna.samplers.GPSampler}[sampler]
        self.study = optuna.create_study(sampler=made(seed=seed))
        self.space = space

    def ask(self):
        self.trial = self.study.ask()
        chosen = {}
        for param in self.space:
            if not is_active(param, chosen):
                continue
            name = param["name"]
            if param["type"] == "choice":
                chosen[name] = self.trial.suggest_categorical(name, param["choices"])
            elif param["type"] == "int":
                chosen[name] = self.trial.suggest_int(name, param["low"], param["high"], log=param["log"])
            else:
                chosen[name] = self.trial.suggest_float(name, param["low"], param["high"], log=param["log"])
        return chosen

    def tell(self, value):
        self.study.tell(self.trial, value)


class Ax:
    """Parameters of branches exist always; those that do not count are left out of what is tried."""

    def __init__(self, sampler, space, seed, trials):
        import logging

        from ax.api.client import Client
        from ax.api.configs import ChoiceParameterConfig, RangeParameterConfig

        logging.disable(logging.WARNING)
        self.space = space
        self.client = Client(random_seed=seed)
        configs = []
        for param in space:
            name = param["name"].replace(".", "__")
            if param["type"] == "choice":
                values = [str(choice) for choice in param["choices"]]
                configs.append(ChoiceParameterConfig(name=name, parameter_type="str", values=values, is_ordered=False))
            else:
                scaling = "log" if param["log"] else "linear"
                bounds = (param["low"], param["high"])
                configs.append(RangeParameterConfig(name=name, parameter_type=param["type"], bounds=bounds, scaling=scaling))
        self.client.configure_experiment(parameters=configs)
        self.client.configure_optimization(objective="-value")

    def ask(self):
        (self.index, given), = self.client.get_next_trials(max_trials=1).items()
        chosen = {}
        for param in self.space:
            if not is_active(param, chosen):
                continue
            value = given[param["name"].replace(".", "__")]
            if param["type"] == "choice":
                value = next(choice for choice in param["choices"] if str(choice) == value)
            chosen[param["name"]] = value
        return chosen

    def tell(self, value):
        self.client.complete_trial(trial_index=self.index, raw_data={"value": value})


class Hebo:
    """Parameters of branches exist always, as for Ax."""

    def __init__(self, sampler, space, seed, trials):
        import numpy as np
        import torch
        from hebo.design_space.design_space import DesignSpace
        from hebo.optimizers.hebo import HEBO

        np.random.seed(seed)
        torch.manual_seed(seed)
        self.np = np
        self.space = space
        parts = []
        for param in space:
            if param["type"] == "choice":
                parts.append({"name": param["name"], "type": "cat", "categories": [str(choice) for choice in param["choices"]]})
            else:
                kinds = {("float", False): "num", ("float", True): "pow", ("int", False): "int", ("int", True): "pow_int"}
                kind = kinds[(param["type"], param["log"])]
                parts.append({"name": param["name"], "type": kind, "lb": param["low"], "ub": param["high"], "base": 10})
        self.optimizer = HEBO(DesignSpace().parse(parts), scramble_seed=seed)

    def ask(self):
        self.given = self.optimizer.suggest(n_suggestions=1)
        row = self.given.iloc[0].to_dict()
        chosen = {}
        for param in self.space:
            if not is_active(param, chosen):
                continue
            value = row[param["name"]]
            if param["type"] == "choice":
                value = next(choice for choice in param["choices"] if str(choice) == value)
            chosen[param["name"]] = int(value) if param["type"] == "int" else float(value) if param["type"] == "float" else value
        return chosen

    def tell(self, value):
        self.optimizer.observe(self.given, self.np.array([[value]]))


class Smac:
    def __init__(self, sampler, space, seed, trials):
        from ConfigSpace import (
            CategoricalHyperparameter,
            ConfigurationSpace,
            InCondition,
            UniformFloatHyperparameter,
            UniformIntegerHyperparameter,
        )
        from smac import HyperparameterOptimizationFacade, Scenario
        from smac.runhistory.dataclasses import TrialValue

        self.trial_value = TrialValue
        made = {}
        configuration_space = ConfigurationSpace(seed=seed)
        for param in space:
            name = param["name"]
            if param["type"] == "choice":
                made[name] = CategoricalHyperparameter(name, param["choices"])
            else:
                kind = UniformIntegerHyperparameter if param["type"] == "int" else UniformFloatHyperparameter
                made[name] = kind(name, param["low"], param["high"], log=param["log"])
            configuration_space.add(made[name])
        for param in space:
            for guard in param["when"]:
                configuration_space.add(InCondition(made[param["name"]], made[guard["param"]], guard["in"]))
        scenario = Scenario(
            configuration_space, deterministic=True, n_trials=trials, seed=seed, output_directory=tempfile.mkdtemp(prefix="smac-")
        )
        self.facade = HyperparameterOptimizationFacade(scenario, lambda config, seed=0: 0.0, overwrite=True, logging_level=False)

    def ask(self):
        self.info = self.facade.ask()
        return {name: value.item() if hasattr(value, "item") else value for name, value in dict(self.info.config).items()}

    def tell(self, value):
        self.facade.tell(self.info, self.trial_value(cost=value))


peers = {"optuna_tpe": Optuna, "optuna_gp": Optuna, "ax": Ax, "hebo": Hebo, "smac": Smac}


def main():
    # Libraries print; the answers go to the stream that stdout was.
    answers, sys.stdout = sys.stdout, sys.stderr
    start = json.loads(sys.stdin.readline())
    peer = peers[start["sampler"]](start["sampler"], start["space"], start["seed"], start["trials"])
    print(json.dumps({}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        if request["op"] == "ask":
            before = time.process_time()
            params = peer.ask()
            answer = {"params": params, "ms": 1000 * (time.process_time() - before)}
        else:
            peer.tell(request["value"])
            answer = {}
        print(json.dumps(answer), file=answers, flush=True)


main()
