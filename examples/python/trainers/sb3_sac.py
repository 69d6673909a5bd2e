"""An external trainer: stable-baselines3's SAC under Assay's search. The study that starts it: sb3_sac.ts."""

import io
from pathlib import Path

import gymnasium
import numpy as np
import stable_baselines3 as sb3
import torch
from assay import Bar, Task, serve_trainer

torch.set_num_threads(1)


class Market(gymnasium.Env):
    """One bar a step: the reward is what the last position earned, in tenths of a percent, less what it cost to change it."""

    def __init__(self, features: np.ndarray, returns: np.ndarray, cost: float) -> None:
        self.features, self.returns, self.cost = features, returns, cost
        self.action_space = gymnasium.spaces.Box(-1, 1, (returns.shape[1],), np.float32)
        self.observation_space = gymnasium.spaces.Box(-np.inf, np.inf, (features.shape[1],), np.float32)

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.at = int(self.np_random.integers(len(self.features) - 200))
        self.end, self.held = self.at + 199, np.zeros(self.returns.shape[1])
        return self.features[self.at], {}

    def step(self, action):
        reward = 1e3 * (action @ self.returns[self.at + 1] - self.cost * np.abs(action - self.held).sum())
        self.held, self.at = action, self.at + 1
        return self.features[self.at], float(reward), False, self.at >= self.end, {}


def normalised(features: np.ndarray, mean: np.ndarray, deviation: np.ndarray) -> np.ndarray:
    return np.clip((features - mean) / deviation, -3, 3).astype(np.float32)


def train(task: Task):
    data, settings = task.data, dict(task.params)
    bars = np.fromfile(data.paths["bars"]).reshape(data.rows, len(data.symbols), 5)
    features = np.fromfile(data.paths["features"]).reshape(data.rows, -1)[data.first_row :]
    mean, deviation = features.mean(0), features.std(0) + 1e-9
    close = bars[data.first_row :, :, 3]
    returns = np.vstack([np.zeros(close.shape[1]), close[1:] / close[:-1] - 1])
    # Assay holds nothing overnight.
    returns[np.flatnonzero(np.diff(np.fromfile(data.paths["session"])[data.first_row :])) + 1] = 0
    costs = task.environment["costs"]
    env = Market(normalised(features, mean, deviation), returns, (costs["transactionBp"] + costs["impactBp"]) / 1e4)
    steps = settings.pop("steps")
    model = sb3.SAC("MlpPolicy", env, seed=task.seed, policy_kwargs={"net_arch": [32, 32]}, learning_starts=200, train_freq=4, gradient_steps=2, batch_size=128, **settings)
    for done in range(0, steps, steps // 2):
        model.learn(steps // 2, reset_num_timesteps=done == 0)
        policy = save(model, mean, deviation)
        task.report(done + steps // 2, policy, last=done > 0)
    return policy


def save(model: sb3.SAC, mean: np.ndarray, deviation: np.ndarray) -> bytes:
    bytes_of = io.BytesIO()
    torch.save({"actor": model.policy.state_dict(), "mean": torch.tensor(mean), "deviation": torch.tensor(deviation)}, bytes_of)
    return bytes_of.getvalue()


class Policy:
    def __init__(self, path: Path) -> None:
        saved = torch.load(path, weights_only=True)
        self.mean, self.deviation = saved["mean"].numpy(), saved["deviation"].numpy()
        symbols = saved["actor"]["actor.mu.weight"].shape[0]
        self.policy = sb3.sac.MlpPolicy(
            gymnasium.spaces.Box(-np.inf, np.inf, self.mean.shape, np.float32),
            gymnasium.spaces.Box(-1, 1, (symbols,), np.float32),
            lr_schedule=lambda _: 0.0,
            net_arch=[32, 32],
        )
        self.policy.load_state_dict(saved["actor"])

    @torch.inference_mode()
    def act(self, bar: Bar):
        seen = normalised(np.array(bar.features), self.mean, self.deviation)
        return self.policy.actor(torch.from_numpy(seen)[None], deterministic=True)[0].tolist()


serve_trainer("sb3-sac", train, load=Policy, versions=["stable-baselines3", "gymnasium", "torch", "numpy"])
