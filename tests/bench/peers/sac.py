"""Process-CPU milliseconds of stable-baselines3's SAC on one thread: a gradient step, acting for 64 environments, and a step of
Pendulum with a gradient step after it.

Arguments: a JSON list of {"width", "batch", "observationSize", "actionSize"}; prints {"sizes": [{"updateMs", "actMs"}], "pairMs"}, where
the pair is of the first size.
"""

import json
import statistics
import sys
import time

import gymnasium
import numpy as np
import torch
from stable_baselines3 import SAC
from stable_baselines3.common.logger import Logger

ACTING = 64


class Noise(gymnasium.Env):
    """Observations of the wanted size; never stepped, only its spaces matter."""

    def __init__(self, observations, actions):
        self.observation_space = gymnasium.spaces.Box(-10, 10, (observations,), np.float32)
        self.action_space = gymnasium.spaces.Box(-1, 1, (actions,), np.float32)

    def reset(self, *, seed=None, options=None):
        return self.observation_space.sample(), {}


def cost(call, calls, blocks=7):
    costs = []
    for block in range(blocks + 1):
        start = time.process_time()
        call(calls)
        if block > 0:
            costs.append((time.process_time() - start) * 1000 / calls)
    return statistics.median(costs)


def measure(width, batch, observationSize, actionSize):
    model = SAC(
        "MlpPolicy",
        Noise(observationSize, actionSize),
        batch_size=batch,
        buffer_size=20_000,
        device="cpu",
        policy_kwargs={"net_arch": [width, width]},
    )
    model.set_logger(Logger(folder=None, output_formats=[]))
    rng = np.random.default_rng(0)
    for _ in range(10_000):
        model.replay_buffer.add(
            rng.standard_normal((1, observationSize)),
            rng.standard_normal((1, observationSize)),
            np.tanh(rng.standard_normal((1, actionSize))),
            rng.standard_normal(1),
            np.zeros(1),
            [{}],
        )
    observations = rng.standard_normal((ACTING, observationSize)).astype(np.float32)

    def act(calls):
        for _ in range(calls):
            model.predict(observations, deterministic=False)

    return {
        "updateMs": cost(lambda calls: model.train(gradient_steps=calls, batch_size=batch), 40),
        "actMs": cost(act, 200),
    }


def measure_pair(width, batch, **_):
    model = SAC(
        "MlpPolicy",
        "Pendulum-v1",
        batch_size=batch,
        buffer_size=20_000,
        learning_starts=100,
        device="cpu",
        policy_kwargs={"net_arch": [width, width]},
    )
    model.learn(300)
    return cost(lambda calls: model.learn(calls, reset_num_timesteps=False), 100, blocks=5)


torch.set_num_threads(1)
sizes = json.loads(sys.argv[1])
print(json.dumps({"sizes": [measure(**each) for each in sizes], "pairMs": measure_pair(**sizes[0])}))
