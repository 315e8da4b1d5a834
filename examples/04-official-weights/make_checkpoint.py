"""Writes tiny.pt, a training checkpoint laid out as those of the official DiT code, with random weights, and what PyTorch
makes of them: inputs.safetensors (x, t, y) and outputs.safetensors (eps, sigma). All three are committed; this is how
they came about:  python make_checkpoint.py   (torch, safetensors)"""

import argparse
import math

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

DEPTH, D, HEADS, PATCH, SIDE, CHANNELS, CLASSES = 2, 32, 2, 2, 8, 4, 10
torch.manual_seed(0)


def sincos(side, width):
    """The fixed 2-D embedding: half of the channels for the column, half for the row."""
    freq = 10000 ** (-torch.arange(width // 4, dtype=torch.float64) / (width // 4))
    place = torch.arange(side, dtype=torch.float64)
    line = torch.cat([(place[:, None] * freq).sin(), (place[:, None] * freq).cos()], 1)
    row, column = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    return torch.cat([line[column.flatten()], line[row.flatten()]], 1).float()[None]


def random_weights():
    shapes = {
        "x_embedder.proj": (D, CHANNELS, PATCH, PATCH),
        "t_embedder.mlp.0": (D, 256),
        "t_embedder.mlp.2": (D, D),
        "final_layer.adaLN_modulation.1": (2 * D, D),
        "final_layer.linear": (PATCH * PATCH * 2 * CHANNELS, D),
    }
    for i in range(DEPTH):
        shapes |= {
            f"blocks.{i}.attn.qkv": (3 * D, D),
            f"blocks.{i}.attn.proj": (D, D),
            f"blocks.{i}.mlp.fc1": (4 * D, D),
            f"blocks.{i}.mlp.fc2": (D, 4 * D),
            f"blocks.{i}.adaLN_modulation.1": (6 * D, D),
        }
    weights = {"pos_embed": sincos(SIDE // PATCH, D), "y_embedder.embedding_table.weight": torch.randn(CLASSES + 1, D)}
    for name, shape in shapes.items():
        weights[f"{name}.weight"] = torch.randn(shape) / math.sqrt(math.prod(shape[1:]))
        weights[f"{name}.bias"] = 0.1 * torch.randn(shape[0])
    return weights


def forward(w, x, t, y):
    """A DiT, written with functions: [N, C, H, W] to [N, 2 C, H, W]."""
    linear = lambda name, x: F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"])
    norm = lambda x, shift, scale: F.layer_norm(x, (D,), eps=1e-6) * (1 + scale[:, None]) + shift[:, None]
    n = len(x)
    tokens = F.conv2d(x, w["x_embedder.proj.weight"], w["x_embedder.proj.bias"], stride=PATCH)
    tokens = tokens.flatten(2).transpose(1, 2) + w["pos_embed"]
    angles = t[:, None] * torch.exp(-math.log(10000) * torch.arange(128) / 128)
    c = linear("t_embedder.mlp.2", F.silu(linear("t_embedder.mlp.0", torch.cat([angles.cos(), angles.sin()], 1))))
    c = F.silu(c + w["y_embedder.embedding_table.weight"][y])
    for i in range(DEPTH):
        shift1, scale1, gate1, shift2, scale2, gate2 = linear(f"blocks.{i}.adaLN_modulation.1", c).chunk(6, 1)
        qkv = linear(f"blocks.{i}.attn.qkv", norm(tokens, shift1, scale1))
        q, k, v = qkv.view(n, -1, 3, HEADS, D // HEADS).permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2)
        tokens = tokens + gate1[:, None] * linear(f"blocks.{i}.attn.proj", mixed)
        hidden = F.gelu(linear(f"blocks.{i}.mlp.fc1", norm(tokens, shift2, scale2)), approximate="tanh")
        tokens = tokens + gate2[:, None] * linear(f"blocks.{i}.mlp.fc2", hidden)
    shift, scale = linear("final_layer.adaLN_modulation.1", c).chunk(2, 1)
    pixels = linear("final_layer.linear", norm(tokens, shift, scale))
    grid = pixels.view(n, SIDE // PATCH, SIDE // PATCH, PATCH, PATCH, 2 * CHANNELS)
    return grid.permute(0, 5, 1, 3, 2, 4).reshape(n, 2 * CHANNELS, SIDE, SIDE)


weights = random_weights()
args = argparse.Namespace(model="tiny", image_size=64, num_classes=CLASSES)
torch.save({"model": weights, "ema": dict(weights), "opt": {"state": {}, "param_groups": []}, "args": args}, "tiny.pt")

x, t, y = torch.randn(3, CHANNELS, SIDE, SIDE), torch.tensor([0.0, 417.0, 999.0]), torch.tensor([3, 7, CLASSES])
eps, sigma = forward(weights, x, t, y).chunk(2, 1)
save_file({"x": x, "t": t, "y": y.float()}, "inputs.safetensors")
save_file({"eps": eps.contiguous(), "sigma": sigma.contiguous()}, "outputs.safetensors")
