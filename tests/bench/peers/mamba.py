"""Process-CPU milliseconds of a gradient step of SAC behind Mamba in torch, on one thread, without CUDA's kernels.

One view for actor and critics, moved by the critics' loss alone: a linear layer, the layers of `transformers`' Mamba-1 or Mamba-2, and beside
their result the last observation itself. Its Mamba-2 runs as it comes. Its Mamba-1 indexes whole tensors in a loop over steps, so that
each step's gradient becomes an array of all steps (9 s backwards at batch 256); here the same recurrence goes over unbound steps, and is held
against the library's own first.

Argument: {"observationSize", "actionSize", "hidden", "window", "width", "layers", "stateWidth", "taps", "expand", "headWidth", "chunk",
"batches"}; prints {"mamba-1": {"parameters", "updateMs": {batch: ms}}, "mamba-2": the same}.
"""

import copy
import json
import math
import os
import statistics
import sys
import time

os.environ["HF_HUB_OFFLINE"] = "1"

import torch
import torch.nn.functional as F
import transformers
from transformers.models.mamba import modeling_mamba

sizes = json.loads(sys.argv[1])
library_scan = modeling_mamba.mamba_selective_scan


def scan(x, dt, A, B, C, D=None, z=None, delta_bias=None, delta_softplus=False, return_last_state=False, **_):
    """h[t] = exp(dt[t] A) h[t-1] + dt[t] B[t] x[t], y[t] = C[t] h[t] + D x[t] (Gu & Dao 2023, algorithm 2); x, dt [rows, channels, steps]."""
    if delta_bias is not None:
        dt = dt + delta_bias[:, None]
    if delta_softplus:
        dt = F.softplus(dt)
    steps = zip(*(each.permute(2, 0, 1).unbind(0) for each in (dt, dt * x, B, C)))
    h = torch.zeros(*x.shape[:2], A.shape[1])
    read = []
    for delta, drive, b, c in steps:
        h = torch.exp(delta[:, :, None] * A) * h + drive[:, :, None] * b[:, None, :]
        read.append(torch.matmul(h, c[:, :, None])[:, :, 0])
    y = torch.stack(read, -1)
    if D is not None:
        y = y + x * D[:, None]
    if z is not None:
        y = y * F.silu(z)
    return (y, h) if return_last_state else y


def check_scan():
    x, B, C = torch.randn(3, 5, 7), torch.randn(3, 4, 7), torch.randn(3, 4, 7)
    given = (x, torch.randn(3, 5, 7), -torch.rand(5, 4), B, C, torch.randn(5), torch.randn(3, 5, 7), torch.randn(5), True)
    torch.testing.assert_close(scan(*given), library_scan(*given))


class View(torch.nn.Module):
    def __init__(self, kind):
        super().__init__()
        common = {
            "vocab_size": 1,
            "pad_token_id": 0,
            "eos_token_id": 0,
            "hidden_size": sizes["width"],
            "state_size": sizes["stateWidth"],
            "num_hidden_layers": sizes["layers"],
            "expand": sizes["expand"],
            "conv_kernel": sizes["taps"],
            "use_cache": False,
        }
        heads = sizes["expand"] * sizes["width"] // sizes["headWidth"]
        of_heads = {"head_dim": sizes["headWidth"], "num_heads": heads, "n_groups": 1, "chunk_size": sizes["chunk"]}
        self.embedding = torch.nn.Linear(sizes["observationSize"], sizes["width"])
        self.layers = (
            transformers.MambaModel(transformers.MambaConfig(**common))
            if kind == "mamba-1"
            else transformers.Mamba2Model(transformers.Mamba2Config(**common, **of_heads))
        )
        # Of words; given vectors, it is not used.
        self.layers.embeddings = None

    def forward(self, observations):
        seen = self.layers(inputs_embeds=self.embedding(observations)).last_hidden_state
        features = torch.cat([seen[:, -2:], observations[:, -2:]], -1)
        return features[:, 0], features[:, 1]


def mlp(inputs, outputs):
    widths = [inputs, *sizes["hidden"]]
    hidden = [each for i, o in zip(widths, widths[1:]) for each in (torch.nn.Linear(i, o), torch.nn.ReLU())]
    return torch.nn.Sequential(*hidden, torch.nn.Linear(widths[-1], outputs))


class Critics(torch.nn.Module):
    def __init__(self, kind):
        super().__init__()
        self.view = View(kind)
        features = sizes["width"] + sizes["observationSize"]
        self.both = torch.nn.ModuleList([mlp(features + sizes["actionSize"], 1) for _ in range(2)])

    def values(self, features, action):
        joined = torch.cat([features, action], -1)
        return [critic(joined) for critic in self.both]


class Sac:
    """The step of stable-baselines3 (sac/sac.py), its settings, and a view before the networks."""

    gamma, tau, rate = 0.99, 0.005, 3e-4

    def __init__(self, kind, batch):
        torch.manual_seed(1)
        self.batch = batch
        self.actor = mlp(sizes["width"] + sizes["observationSize"], 2 * sizes["actionSize"])
        self.critics = Critics(kind)
        self.targets = copy.deepcopy(self.critics).requires_grad_(False)
        self.log_alpha = torch.zeros(1, requires_grad=True)
        of = (self.actor.parameters(), self.critics.parameters(), [self.log_alpha])
        self.actor_adam, self.critic_adam, self.alpha_adam = (torch.optim.Adam(each, lr=self.rate) for each in of)
        self.parameters = sum(each.numel() for part in (self.actor, self.critics) for each in part.parameters())
        self.observations = torch.randn(20_000, sizes["observationSize"])
        self.actions = torch.randn(20_000, sizes["actionSize"]).tanh()
        self.rewards = torch.randn(20_000, 1)

    def sample(self, features):
        centre, log_deviation = self.actor(features).chunk(2, -1)
        log_deviation = log_deviation.clamp(-20, 2)
        noise = torch.randn_like(centre)
        u = centre + log_deviation.exp() * noise
        squashed = 2 * (math.log(2) - u - F.softplus(-2 * u))
        log_probability = -(noise.square() / 2 + log_deviation + math.log(2 * math.pi) / 2 + squashed).sum(-1, keepdim=True)
        return u.tanh(), log_probability

    def update(self):
        length = sizes["window"] + 1
        first = torch.randint(len(self.observations) - length, (self.batch,))
        observations = self.observations[first[:, None] + torch.arange(length)]
        taken, reward = self.actions[first + length - 2], self.rewards[first + length - 2]

        now, after = self.critics.view(observations)
        action, log_probability = self.sample(now.detach())
        alpha = self.log_alpha.detach().exp()
        alpha_loss = -(self.log_alpha * (log_probability.detach() - sizes["actionSize"])).mean()
        self.step(self.alpha_adam, alpha_loss)

        with torch.no_grad():
            next_action, next_log_probability = self.sample(after)
            _, target_features = self.targets.view(observations)
            smaller = torch.min(*self.targets.values(target_features, next_action))
            target = reward + self.gamma * (smaller - alpha * next_log_probability)
        self.step(self.critic_adam, sum(F.mse_loss(value, target) / 2 for value in self.critics.values(now, taken)))

        value = torch.min(*self.critics.values(now.detach(), action))
        self.step(self.actor_adam, (alpha * log_probability - value).mean())
        with torch.no_grad():
            for target, own in zip(self.targets.parameters(), self.critics.parameters()):
                target.lerp_(own, self.tau)

    def step(self, adam, loss):
        adam.zero_grad()
        loss.backward()
        adam.step()


def cost(call, calls, blocks=5):
    costs = []
    for block in range(blocks + 1):
        start = time.process_time()
        for _ in range(calls):
            call()
        if block > 0:
            costs.append((time.process_time() - start) * 1000 / calls)
    return statistics.median(costs)


def measure(kind):
    agents = {batch: Sac(kind, batch) for batch in sizes["batches"]}
    return {
        "parameters": next(iter(agents.values())).parameters,
        "updateMs": {batch: cost(agent.update, 2) for batch, agent in agents.items()},
    }


torch.set_num_threads(1)
transformers.logging.set_verbosity_error()
check_scan()
modeling_mamba.mamba_selective_scan = scan
print(json.dumps({kind: measure(kind) for kind in ("mamba-1", "mamba-2")}))
