"""Phoenix features with pandas and polars, and a hidden Markov model with hmmlearn: python features.py FOLDER COLUMNS ITERATIONS."""
import json
import os
import sys
import time
import warnings

os.environ["POLARS_MAX_THREADS"] = "1"
import numpy as np
import pandas as pd
import polars as pl
from hmmlearn import _hmmc
from hmmlearn.hmm import GaussianHMM

warnings.filterwarnings("ignore")
folder, columns, iterations = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
regimes, start = json.load(sys.stdin)
data = {name: np.fromfile(os.path.join(folder, name)) for name in columns}
x = np.fromfile(os.path.join(folder, "hmm")).reshape(-1, 2)
n, window, decay = len(data["close"]), 60, 1 - 2 ** (-1 / 5)
session_bars = 390


def least(call, times):
    best = float("inf")
    for _ in range(times):
        begun = time.process_time()
        result = call()
        best = min(best, time.process_time() - begun)
    return 1000 * best, result


def regime_columns(returns15, range15):
    """Filtered probabilities by hmmlearn's compiled forward pass: regime and three columns of 0 and 1."""
    model = regimes["model"]
    inputs = (np.column_stack([returns15, range15]) - np.array(regimes["mean"])) / np.array(regimes["sd"])
    logs = np.empty((n, 3))
    for j in range(3):
        mean, variance = np.array(model["means"][j]), np.array(model["covariances"][j])
        logs[:, j] = -0.5 * (np.log(2 * np.pi * variance).sum() + ((inputs - mean) ** 2 / variance).sum(axis=1))
    frame = np.exp(logs - logs.max(axis=1, keepdims=True))
    alpha = np.asarray(_hmmc.forward_scaling(np.array(model["start"]), np.array(model["transition"]), frame)[1])
    likely = alpha.argmax(axis=1)
    return likely, [(likely == j).astype(float) for j in range(3)]


def with_pandas(part):
    d = pd.DataFrame(data)

    def z(values):
        rolling = values.rolling(window)
        mean, sd = rolling.mean(), rolling.std(ddof=0)
        return ((values - mean) / sd).where(sd > 1e-12 * np.maximum(1, mean.abs()), 0).fillna(0)

    def within(values, length):
        total = values.copy()
        for lag in range(1, length):
            total += values.shift(lag).where(d["minute"] >= lag, 0)
        return total

    session = d["session"]
    first = d["minute"] == 0
    last = d["close"].shift(1)
    log_return = np.log(d["close"] / d["open"].where(first, last))
    log_range = np.log1p(10000 * (d["high"] - d["low"]) / d["close"])

    def last15(values):
        total = values.groupby(session).cumsum()
        return total - total.shift(15).where(d["minute"] >= 15, 0)

    likely, states = regime_columns(last15(log_return), last15(log_range) / np.minimum(d["minute"] + 1, 15))
    if part == "base":
        typical = (d["high"] + d["low"] + d["close"]) / 3
        value, traded = (typical * d["volume"]).groupby(session).cumsum(), d["volume"].groupby(session).cumsum()
        angle = 2 * np.pi * d["minute"] / session_bars
        return [z(d["volume"]), (d["high"] - d["low"]) / d["close"], d["close"] / (value / traded) - 1, likely, np.sin(angle), np.cos(angle)]
    tr = pd.concat([d["high"] - d["low"], (d["high"] - last).abs(), (d["low"] - last).abs()], axis=1).max(axis=1)
    tr = tr.where(~first, d["high"] - d["low"])
    begun = tr.iloc[:14].expanding().mean()
    atr = pd.concat([begun.iloc[:13], pd.concat([begun.iloc[13:14], tr.iloc[14:]]).ewm(alpha=1 / 14, adjust=False).mean()])
    flow = d["ofi"].groupby(session)
    persistence = flow.ewm(alpha=decay).mean().droplevel(0) / d["ofi"].abs().groupby(session).ewm(alpha=decay).mean().droplevel(0)
    persistence = persistence.fillna(0)
    micro5 = within(d["microDevMean"], 5) / np.minimum(d["minute"] + 1, 5)
    return [
        z(d["ofi"]), z(within(d["ofi"], 3)), z(persistence), z(d["microDev"]), z(micro5), z(d["liquidity"]), z(d["spread"]), z(atr / d["close"]),
        *states,
    ]


def with_polars(part):
    d = pl.DataFrame(data)
    c = pl.col

    def z(values):
        mean, sd = values.rolling_mean(window), values.rolling_std(window, ddof=0)
        return pl.when(sd > 1e-12 * pl.max_horizontal(pl.lit(1.0), mean.abs())).then((values - mean) / sd).otherwise(0.0)

    def within(values, length):
        total = values
        for lag in range(1, length):
            total = total + pl.when(c("minute") >= lag).then(values.shift(lag)).otherwise(0.0)
        return total

    def last15(values):
        total = values.cum_sum().over("session")
        return total - pl.when(c("minute") >= 15).then(total.shift(15)).otherwise(0.0)

    first, last = c("minute") == 0, c("close").shift(1)
    own = c("high") - c("low")
    d = d.with_columns(ret=(c("close") / pl.when(first).then(c("open")).otherwise(last)).log(), rng=(10000 * own / c("close")).log1p())
    inputs = [last15(c("ret")).alias("x"), (last15(c("rng")) / pl.min_horizontal(c("minute") + 1, pl.lit(15.0))).alias("y")]
    if part == "base":
        typical = (c("high") + c("low") + c("close")) / 3
        angle = 2 * np.pi * c("minute") / session_bars
        vwap = (typical * c("volume")).cum_sum().over("session") / c("volume").cum_sum().over("session")
        out = d.select(*inputs, a=z(c("volume")), b=own / c("close"), c=c("close") / vwap - 1, d=angle.sin(), e=angle.cos())
        likely, _ = regime_columns(out["x"].to_numpy(), out["y"].to_numpy())
        return [out["a"], out["b"], out["c"], likely, out["d"], out["e"]]
    d = d.with_columns(
        tr=pl.when(first).then(own).otherwise(pl.max_horizontal(own, (c("high") - last).abs(), (c("low") - last).abs())),
        ofi3=within(c("ofi"), 3),
        micro5=within(c("microDevMean"), 5) / pl.min_horizontal(c("minute") + 1, pl.lit(5.0)),
        persistence=(c("ofi").ewm_mean(alpha=decay).over("session") / c("ofi").abs().ewm_mean(alpha=decay).over("session")).fill_nan(0),
    )
    tr = d["tr"].to_numpy()
    seeded = pl.Series(np.concatenate([[tr[:14].mean()], tr[14:]])).ewm_mean(alpha=1 / 14, adjust=False)
    atr = np.concatenate([np.cumsum(tr[:13]) / np.arange(1, 14), seeded.to_numpy()])
    d = d.with_columns(atr=pl.Series(atr) / d["close"])
    scored = ["ofi", "ofi3", "persistence", "microDev", "micro5", "liquidity", "spread", "atr"]
    out = d.select(*inputs, *[z(c(name)).alias("z_" + name) for name in scored])
    _, states = regime_columns(out["x"].to_numpy(), out["y"].to_numpy())
    return [*[out["z_" + name] for name in scored], *states]


def sums(found):
    return [float(np.abs(np.nan_to_num(np.asarray(values, dtype=float))[window - 1 :]).sum()) for values in found]


def fit(implementation):
    model = GaussianHMM(3, "diag", init_params="", n_iter=iterations, tol=-np.inf, covars_prior=0, covars_weight=0, min_covar=0, implementation=implementation)
    model.startprob_, model.transmat_ = np.array(start["start"]), np.array(start["transition"])
    model.means_, model.covars_ = np.array(start["means"]), np.array(start["covariances"])
    model.fit(x)
    return model


def forward(model):
    logs = model._compute_log_likelihood(x)
    return _hmmc.forward_scaling(model.startprob_, model.transmat_, np.exp(logs - logs.max(axis=1, keepdims=True)))


ms, found = {}, {}
for part in ["base", "ofi"]:
    for name, compute in [("pandas", with_pandas), ("polars", with_polars)]:
        ms[f"{name} {part}"], columns_found = least(lambda: compute(part), 4)
        found[f"{name} {part}"] = sums(columns_found)
scaling_ms, model = least(lambda: fit("scaling"), 5)
log_ms, _ = least(lambda: fit("log"), 3)
forward_ms, _ = least(lambda: forward(model), 5)
ms.update({"scaling": scaling_ms, "log": log_ms, "forward": forward_ms})
print(json.dumps({"ms": ms, "sums": found, "logLikelihood": float(model.score(x))}))
