"""The peer of the benchmarks: DiT (Peebles & Xie 2023) in plain PyTorch, forward and train step with AdamW and EMA.

Reads one JSON object, {kind, width, depth, heads, patch, side, channels, classes, batch, threads, steps}, and then does one
step for each line `step`, saying how long it took, and at the end the most memory it had. The model is our own and follows
specs/dit.dit name by name.
"""

import json
import math
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.modulation = nn.Linear(width, 6 * width)
        self.norm = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)

    def attention(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(x).view(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        return self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, t, d))

    def forward(self, x, c):
        shift1, scale1, gate1, shift2, scale2, gate2 = self.modulation(F.silu(c))[:, None].chunk(6, -1)
        x = x + gate1 * self.attention(self.norm(x) * (1 + scale1) + shift1)
        hidden = F.gelu(self.fc1(self.norm(x) * (1 + scale2) + shift2), approximate="tanh")
        return x + gate2 * self.fc2(hidden)


class DiT(nn.Module):
    def __init__(self, width, depth, heads, patch, side, channels, classes):
        super().__init__()
        self.patch, self.channels, self.grid = patch, channels, side // patch
        self.embed = nn.Conv2d(channels, width, patch, patch)
        self.position = nn.Parameter(torch.randn(1, self.grid**2, width), requires_grad=False)
        self.time1, self.time2 = nn.Linear(256, width), nn.Linear(width, width)
        self.label = nn.Embedding(classes + 1, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.modulation = nn.Linear(width, 2 * width)
        self.norm = nn.LayerNorm(width, elementwise_affine=False, eps=1e-6)
        self.head = nn.Linear(width, patch**2 * channels * 2)

    def forward(self, x, t, y):
        frequencies = torch.exp(-math.log(10000) * torch.arange(128) / 128)
        angles = t[:, None] * frequencies
        wave = torch.cat([angles.cos(), angles.sin()], -1)
        c = self.time2(F.silu(self.time1(wave))) + self.label(y)
        x = self.embed(x).flatten(2).transpose(1, 2) + self.position
        for block in self.blocks:
            x = block(x, c)
        shift, scale = self.modulation(F.silu(c))[:, None].chunk(2, -1)
        x = self.head(self.norm(x) * (1 + scale) + shift)
        g, p = self.grid, self.patch
        x = x.view(-1, g, g, p, p, 2 * self.channels).permute(0, 5, 1, 3, 2, 4)
        return x.reshape(-1, 2 * self.channels, g * p, g * p)


def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def say(**said):
    print(json.dumps(said), flush=True)


def forward_step(model, job, batch):
    x, _, t, y = batch
    model.eval()

    def step():
        with torch.inference_mode():
            model(x, t, y)

    return step


def updates(model, job):
    """One step of training: mean square error, AdamW, a moving average."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    average = [p.detach().clone() for p in parameters]
    optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=0)

    def update(xt, noise, t, y):
        optimizer.zero_grad(set_to_none=True)
        loss = F.mse_loss(model(xt, t, y)[:, : job["channels"]], noise)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            torch._foreach_lerp_(average, parameters, 1e-4)
        return loss.item()

    return update


def train_step(model, job, batch):
    update = updates(model, job)
    return lambda: update(*batch)


def loop_step(model, job, _):
    """The whole loop: a shuffled batch of bytes to numbers, dropped labels, noise, a noisy batch, the step."""
    n, side, channels, classes = job["batch"], job["side"], job["channels"], job["classes"]
    images = torch.randint(0, 256, (60000, channels, side, side), dtype=torch.uint8)
    labels = torch.randint(0, classes, (60000,))
    kept = torch.cumprod(1 - torch.linspace(1e-4, 2e-2, 1000, dtype=torch.float64), 0)
    a, b = kept.sqrt().float(), (1 - kept).sqrt().float()
    order = torch.randperm(60000)
    update, place = updates(model, job), 0

    def one():
        nonlocal place
        chosen = order[torch.arange(place, place + n) % 60000]
        place += n
        x0 = images[chosen].float() / 127.5 - 1
        y = torch.where(torch.rand(n) < 0.1, classes, labels[chosen])
        noise, t = torch.randn_like(x0), torch.randint(0, 1000, (n,))
        spread = [each[t][:, None, None, None] for each in (a, b)]
        update(spread[0] * x0 + spread[1] * noise, noise, t.float(), y)

    return lambda: [one() for _ in range(job["steps"])]


STEPS = {"forward": forward_step, "train": train_step, "loop": loop_step}


def product_step():
    x, w = torch.randn(2048, 1536), torch.randn(1536, 1536)
    return lambda: x @ w.T


def main():
    job = json.loads(sys.stdin.readline())
    base = peak()
    torch.set_num_threads(job["threads"])
    torch.manual_seed(0)
    if job["kind"] == "sgemm":
        step = product_step()
    else:
        sizes = {key: job[key] for key in ["width", "depth", "heads", "patch", "side", "channels", "classes"]}
        n, side, channels = job["batch"], job["side"], job["channels"]
        x, noise = torch.randn(2, n, channels, side, side)
        batch = (x, noise, torch.full((n,), 500.0), torch.arange(n) % job["classes"])
        step = STEPS[job["kind"]](DiT(**sizes), job, batch)
    say(version=torch.__version__)
    for line in sys.stdin:
        if line.strip() != "step":
            break
        start, worked = time.perf_counter(), time.process_time()
        step()
        say(milliseconds=1000 * (time.perf_counter() - start), cpu=1000 * (time.process_time() - worked))
    say(peak_bytes=peak(), base_bytes=base)


main()
