"""Process-CPU milliseconds of sb3-contrib's recurrent PPO on one thread for one rollout of noise with 9 choices: collecting it, and all
epochs of learning from it.

Argument: {"observationSize", "environments", "rolloutSteps", "epochs", "batch"}; prints {"collectMs", "learnMs"}.
"""

import json
import statistics
import sys
import time

import gymnasium
import numpy as np
import torch
from sb3_contrib import RecurrentPPO
from stable_baselines3.common.vec_env import DummyVecEnv

sizes = json.loads(sys.argv[1])


class Noise(gymnasium.Env):
    """Sixteen observations in turn, drawn beforehand: stepping costs next to nothing. An episode has 100 steps; copies begin apart."""

    copies = 0

    def __init__(self):
        width = sizes["observationSize"]
        self.observation_space = gymnasium.spaces.Box(-10, 10, (width,), np.float32)
        self.action_space = gymnasium.spaces.Discrete(9)
        self.shown = np.random.default_rng(0).standard_normal((16, width)).astype(np.float32)
        self.at = Noise.copies * 13
        Noise.copies += 1

    def reset(self, *, seed=None, options=None):
        return self.shown[0], {}

    def step(self, action):
        self.at += 1
        return self.shown[self.at % 16], 0.1, self.at % 100 == 0, False, {}


torch.set_num_threads(1)
model = RecurrentPPO(
    "MlpLstmPolicy",
    DummyVecEnv([Noise] * sizes["environments"]),
    n_steps=sizes["rolloutSteps"],
    batch_size=sizes["batch"],
    n_epochs=sizes["epochs"],
    device="cpu",
    policy_kwargs={"lstm_hidden_size": 128},
)
spent = []
train = model.train


def timed_train():
    start = time.process_time()
    train()
    spent.append((time.process_time() - start) * 1000)


model.train = timed_train
rollout = sizes["environments"] * sizes["rolloutSteps"]
model.learn(rollout)
whole = []
for _ in range(2):
    start = time.process_time()
    model.learn(rollout, reset_num_timesteps=False)
    whole.append((time.process_time() - start) * 1000)
learn = statistics.median(spent[1:])
print(json.dumps({"collectMs": statistics.median(whole) - learn, "learnMs": learn}))
