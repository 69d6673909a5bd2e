"""Every distribution of Ray Tune."""
from ray import tune

space = {
    "plain": "relu",
    "choice": tune.choice([1, "a", None, True]),
    "grid": tune.grid_search([1, 2]),
    "uniform": tune.uniform(0, 1),
    "quniform": tune.quniform(0, 1, 0.25),
    "loguniform": tune.loguniform(1e-4, 1e-1),
    "qloguniform": tune.qloguniform(5, 100, 5),
    "randint": tune.randint(1, 10),
    "qrandint": tune.qrandint(8, 64, 8),
    "lograndint": tune.lograndint(1, 100),
    "qlograndint": tune.qlograndint(4, 100, 4),
    "randn": tune.randn(10, 2),
    "qrandn": tune.qrandn(10, 2, 4),
    "branch": tune.choice([{"type": "adam", "beta": tune.uniform(0.8, 0.9)}, {"type": "sgd"}]),
    "nested": {"a": tune.uniform(0, 1)},
}
refused = {"sample_from": tune.sample_from(lambda config: 1)}
