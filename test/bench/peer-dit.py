"""The peer of the benchmarks: DiT (Peebles & Xie 2023) in plain PyTorch, forward and train step with AdamW and EMA.

Reads one JSON object from standard input, {width, depth, heads, patch, side, channels, classes, batch, threads, runs, train},
and prints one: the milliseconds of every run. The model is our own and follows specs/dit.dit name by name.
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


def main():
    job = json.load(sys.stdin)
    base = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    torch.set_num_threads(job["threads"])
    torch.manual_seed(0)
    sizes = {key: job[key] for key in ["width", "depth", "heads", "patch", "side", "channels", "classes"]}
    model = DiT(**sizes)
    n, side, channels = job["batch"], job["side"], job["channels"]
    x, noise = torch.randn(2, n, channels, side, side)
    t, y = torch.full((n,), 500.0), torch.arange(n) % job["classes"]
    times = []

    def timed(step):
        for _ in range(job["runs"]):
            start = time.perf_counter()
            step()
            times.append(1000 * (time.perf_counter() - start))

    if not job["train"]:
        model.eval()
        with torch.inference_mode():
            timed(lambda: model(x, t, y))
    else:
        parameters = [p for p in model.parameters() if p.requires_grad]
        average = [p.detach().clone() for p in parameters]
        optimizer = torch.optim.AdamW(parameters, lr=1e-4, weight_decay=0)

        def step():
            optimizer.zero_grad(set_to_none=True)
            loss = F.mse_loss(model(x, t, y)[:, :channels], noise)
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                torch._foreach_lerp_(average, parameters, 1e-4)

        timed(step)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"milliseconds": times, "version": torch.__version__, "peak_bytes": peak, "base_bytes": base}))


main()
