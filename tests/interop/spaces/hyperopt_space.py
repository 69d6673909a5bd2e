"""Every distribution of Hyperopt."""
import numpy as np
from hyperopt import hp
from hyperopt.pyll import scope

space = {
    "plain": np.float64(0.5),
    "choice": hp.choice("choice", [1, "a"]),
    "pchoice": hp.pchoice("pchoice", [(0.5, "a"), (0.5, "b")]),
    "randint": hp.randint("randint", 3),
    "between": hp.randint("between", 2, 9),
    "uniform": hp.uniform("uniform", low=-1, high=1),
    "quniform": hp.quniform("quniform", 1, 10, 4),
    "loguniform": hp.loguniform("loguniform", np.log(1e-4), np.log(0.1)),
    "qloguniform": hp.qloguniform("qloguniform", np.log(2), np.log(64), 2),
    "uniformint": hp.uniformint("uniformint", 1, 5),
    "whole": scope.int(hp.quniform("whole", 10, 50, 10)),
    "normal": hp.normal("normal", 0, 1),
    "qnormal": hp.qnormal("qnormal", 0, 1, 2),
    "lognormal": hp.lognormal("lognormal", 0, 1),
    "qlognormal": hp.qlognormal("qlognormal", 0, 1, 2),
    "branch": hp.choice("branch", [{"name": "svm", "c": hp.uniform("c", 0, 1)}, {"name": "knn"}]),
    "nested": {"a": hp.uniform("a", 0, 1)},
}
refused = {"computed": hp.uniform("x", 0, 1) * 2}
