"""An external trainer: a small Mamba (selective state space) in torch that maximises net returns directly. The study: torch_mamba.ts."""

import io

import numpy as np
import torch
from assay import Task, serve_trainer
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(1)
WIDTH, STATE, TAPS = 16, 4, 3


class Mamba(nn.Module):
    """Features of one session, bars x inputs, to positions: what it remembers decays as it sees fit (Gu and Dao 2023)."""

    def __init__(self, inputs: int, assets: int) -> None:
        super().__init__()
        self.start, self.gates, self.out = nn.Linear(inputs, WIDTH), nn.Linear(WIDTH, 2 * WIDTH), nn.Linear(WIDTH, assets)
        self.taps = nn.Conv1d(WIDTH, WIDTH, TAPS, groups=WIDTH)
        self.select, self.step = nn.Linear(WIDTH, 1 + 2 * STATE), nn.Linear(1, WIDTH)
        self.decay = nn.Parameter(torch.log(torch.arange(1, STATE + 1).float()).repeat(WIDTH, 1))

    def memory(self, batch: int):
        return torch.zeros(batch, TAPS - 1, WIDTH), torch.zeros(batch, WIDTH, STATE)

    def forward(self, x, memory):
        recent, state = memory
        seen, gate = self.gates(self.start(x)).chunk(2, -1)
        recent = torch.cat([recent, seen], 1)
        seen = F.silu(self.taps(recent.transpose(1, 2)).transpose(1, 2))
        step, write, read = self.select(seen).split([1, STATE, STATE], -1)
        step = F.softplus(self.step(step))
        kept = torch.exp(-step.unsqueeze(-1) * torch.exp(self.decay))
        added = (step * seen).unsqueeze(-1) * write.unsqueeze(2)
        out = []
        for t in range(x.shape[1]):
            state = kept[:, t] * state + added[:, t]
            out.append((state * read[:, t].unsqueeze(1)).sum(-1))
        return torch.tanh(self.out((torch.stack(out, 1) + seen) * F.silu(gate))), (recent[:, 1 - TAPS :], state)


def train(task: Task):
    data, params = task.data, task.params
    torch.manual_seed(task.seed)
    session = np.fromfile(data.paths["session"])
    bars = np.fromfile(data.paths["bars"]).reshape(data.rows, len(data.symbols), 5)
    features = np.fromfile(data.paths["features"]).reshape(data.rows, -1)
    mean, deviation = features[data.first_row :].mean(0), features[data.first_row :].std(0) + 1e-9
    whole = [rows for number in np.unique(session) if (rows := np.flatnonzero(session == number))[0] >= data.first_row]
    length = max(map(len, whole))
    whole = [rows for rows in whole if len(rows) == length]
    x = torch.tensor(np.stack([(features[rows] - mean) / deviation for rows in whole]), dtype=torch.float32)
    close = torch.tensor(np.stack([bars[rows, :, 3] for rows in whole]), dtype=torch.float32)
    gains = 1e4 * (close[:, 1:] / close[:, :-1] - 1)
    costs = task.environment["costs"]
    cost = costs["transactionBp"] + costs["impactBp"]
    model = Mamba(x.shape[2], close.shape[2])
    optimiser = torch.optim.Adam(model.parameters(), lr=params["lr"])
    for step in range(1, params["steps"] + 1):
        some = torch.randint(len(x), (32,))
        held = model(x[some], model.memory(32))[0][:, :-1]
        traded = torch.diff(held, dim=1, prepend=torch.zeros_like(held[:, :1])).abs()
        net = held * gains[some] - cost * traded
        loss = -net.mean() + params["risk"] * net.std()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % (params["steps"] // 2) == 0:
            saved = io.BytesIO()
            torch.save({"model": model.state_dict(), "mean": torch.tensor(mean), "deviation": torch.tensor(deviation)}, saved)
            task.report(step, saved.getvalue(), {"net": net.mean().item()}, last=step == params["steps"])
    return saved.getvalue(), {"net": net.mean().item()}


class Policy:
    def __init__(self, path) -> None:
        saved = torch.load(path, weights_only=True)
        weights = saved["model"]
        self.mean, self.deviation = saved["mean"], saved["deviation"]
        self.model = Mamba(weights["start.weight"].shape[1], weights["out.weight"].shape[0])
        self.model.load_state_dict(weights)
        self.memory = self.model.memory(1)

    @torch.inference_mode()
    def act(self, bar):
        if bar.begins is not None:
            self.memory = self.model.memory(1)
        x = ((torch.tensor(bar.features, dtype=torch.float64) - self.mean) / self.deviation).float()
        held, self.memory = self.model(x.reshape(1, 1, -1), self.memory)
        return held.flatten().tolist()


serve_trainer("torch-mamba", train, load=Policy, versions=["torch", "numpy"])
