"""Makes the files of this folder. Needs torch, numpy and safetensors; the README has the versions that made those here."""
import argparse, json, pathlib, sys
from collections import OrderedDict

import torch
from safetensors.torch import save_file

out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
torch.manual_seed(0)

# ---- dtypes: floats near every boundary of the narrow formats, and what torch makes of them
edges = [0.0, -0.0, 1.0, -1.0, 65504.0, 65519.99, 65520.0, 1e6, -1e6, 6.103515625e-05, 6.097555160522461e-05, 5.960464477539063e-08,
         2.9802322387695312e-08, 2.9802325940409414e-08, 8.940696716308594e-08, 1e-10, 3.4e38, 1e-40, 1.00048828125, 1.0014648438,
         1.00390625, 1.01171875, float("inf"), float("-inf")]
exact = torch.tensor(edges + [0.0] * (32 - len(edges)), dtype=torch.float32)
spread = torch.randn(224) * torch.pow(2.0, torch.randint(-26, 17, (224,)).float())
f32 = torch.cat([exact, spread]).reshape(8, 32)
mixed = {
    "f32": f32,
    "f64": f32.double() * (1 + 2**-40),
    "f16": f32.half(),
    "bf16": f32.bfloat16(),
    "f16.as_f32": f32.half().float(),
    "bf16.as_f32": f32.bfloat16().float(),
    "i64": torch.tensor([0, 1, -1, 2**31 - 1, -(2**31)]),
    "i32": torch.tensor([[0, 1, -1], [2**31 - 1, -(2**31), 7]], dtype=torch.int32),
    "i16": torch.tensor([0, -32768, 32767], dtype=torch.int16),
    "i8": torch.tensor([0, -128, 127], dtype=torch.int8),
    "u8": torch.tensor([0, 255], dtype=torch.uint8),
    "bool": torch.tensor([[True, False], [False, True]]),
    "scalar": torch.tensor(2.5),
    "empty": torch.zeros(3, 0, 2),
    "a \"name\"\n\u00e9": torch.tensor([1.0]),
}
wide = {
    "f8_e4m3": torch.arange(256, dtype=torch.uint8).view(torch.float8_e4m3fn),
    "f8_e4m3.as_f32": torch.arange(256, dtype=torch.uint8).view(torch.float8_e4m3fn).float(),
    "f8_e5m2": torch.arange(256, dtype=torch.uint8).view(torch.float8_e5m2),
    "f8_e5m2.as_f32": torch.arange(256, dtype=torch.uint8).view(torch.float8_e5m2).float(),
    "i64.large": torch.tensor([2**31]),
    "u64": torch.tensor([0, 2**31 - 1]).to(torch.uint64),
    "u32": torch.tensor([7, 2**31 - 1]).to(torch.uint32),
    "u16": torch.tensor([0, 65535]).to(torch.uint16),
}
save_file(wide, out / "read-only.safetensors")
save_file(mixed, out / "dtypes.safetensors", metadata={"made by": "the reference writer"})

# ---- a training checkpoint as the official DiT code writes it
def linear(width):
    return torch.nn.Linear(width, 2)

model = torch.nn.Sequential(OrderedDict(first=linear(3), second=linear(2)))
ema = torch.nn.Sequential(OrderedDict(first=linear(3), second=linear(2)))
opt = torch.optim.AdamW(model.parameters(), lr=1e-4, weight_decay=0)
for p in model.parameters():
    p.grad = torch.ones_like(p)
opt.step()
args = argparse.Namespace(data_path="/data", model="DiT-XL/2", image_size=256, epochs=1400, global_seed=0, vae="ema", lr=1e-4, resume=None, big=2**40)
torch.save({"model": model.state_dict(), "ema": ema.state_dict(), "opt": opt.state_dict(), "args": args}, out / "training.pt")

# ---- layouts and dtypes in one state_dict
base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
tied = torch.arange(6, dtype=torch.float32)
layouts = OrderedDict()
layouts["transposed"] = base.t()
layouts["slice"] = base[1:3, 2:5]
layouts["row"] = base[2]
layouts["step"] = base.flatten()[1::5]
layouts["tied.a"] = tied
layouts["tied.b"] = tied
layouts["parameter"] = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
layouts["f16"] = torch.tensor([1.5, -2.25], dtype=torch.float16)
layouts["bf16"] = torch.tensor([1.5, -2.25], dtype=torch.bfloat16)
layouts["f16.transposed"] = torch.arange(6, dtype=torch.float16).reshape(2, 3).t()
layouts["f64"] = torch.tensor([0.1], dtype=torch.float64)
layouts["i64"] = torch.tensor([1000, -7])
layouts["i32"] = torch.tensor([5], dtype=torch.int32)
layouts["i16"] = torch.tensor([-5], dtype=torch.int16)
layouts["i8"] = torch.tensor([-3], dtype=torch.int8)
layouts["u8"] = torch.tensor([200], dtype=torch.uint8)
layouts["bool"] = torch.tensor([True, False])
layouts["f8"] = torch.tensor([1.5, -448.0]).to(torch.float8_e4m3fn)
layouts["scalar"] = torch.tensor(3.5)
layouts["empty"] = torch.zeros(0, 3)
torch.save(layouts, out / "layouts.pt")
torch.save(layouts, out / "layouts.protocol4.pt", pickle_protocol=4)

# ---- what other training code writes
torch.save({"epoch": 3, "state_dict": {f"module.{k}": v for k, v in model.state_dict().items()}, "best": 0.5}, out / "lightning.pt")
torch.save(torch.tensor([1.0, 2.0, 3.0]), out / "tensor.pt")
torch.save(model, out / "module.pt")
torch.save(model.state_dict(), out / "legacy.pt", _use_new_zipfile_serialization=False)

values = {name: [list(t.shape), t.double().flatten().tolist()] for name, t in layouts.items()}
values_training = {part: {k: [list(t.shape), t.double().flatten().tolist()] for k, t in sd.items()} for part, sd in (("model", model.state_dict()), ("ema", ema.state_dict()))}
(out / "values.json").write_text(json.dumps({"layouts": values, "training": values_training}, indent=1))
