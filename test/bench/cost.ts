/**
 * How fast cost is counted: `node --import tsx test/bench/cost.ts`. The whole command as a process of its own, one model
 * in a process that is warm, and depth: 10 layers beside 10,000. With DITC_PYTHON=path/to/python (torch and fvcore
 * installed) also fvcore's time on a DiT-XL/2 of the same shapes.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { diskLoader, entryOf } from '../../cli/loader.ts';
import { targetCost } from '../../compiler/cost/target-cost.ts';
import { Instances } from '../../compiler/elaborate/instances.ts';
import { instantiate, type Override, openSpec, type Spec } from '../../compiler/elaborate/spec.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const file = `${root}specs/dit.dit`;

const open = (): Spec => {
  const entry = entryOf(file, readFileSync(file, 'utf8'));
  return openSpec(entry, diskLoader(entry));
};

/** The middle of several times in milliseconds. */
function median(times: number, run: () => void): number {
  const taken = Array.from({ length: times }, () => {
    const start = performance.now();
    run();
    return performance.now() - start;
  });
  return taken.sort((a, b) => a - b)[times >> 1]!;
}

const line = (what: string, milliseconds: number): void =>
  console.log(`${what.padEnd(72)} ${milliseconds.toFixed(milliseconds < 10 ? 2 : 0).padStart(8)} ms`);

const bin = `${root}cli/ditc.mjs`;
const command = (...words: string[]): void => {
  const { status, stderr } = spawnSync(process.execPath, [bin, ...words], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
};
command('cost', 'specs/dit.dit#DiT-XL/2');
line(
  "process: ditc cost 'specs/dit.dit#DiT-XL/2'",
  median(5, () => command('cost', 'specs/dit.dit#DiT-XL/2')),
);
line(
  "process: ditc cost 'specs/dit.dit#DiT-XL/2' --train",
  median(5, () => command('cost', 'specs/dit.dit#DiT-XL/2', '--train')),
);
line(
  'process: ditc cost specs/dit.dit (16 models)',
  median(5, () => command('cost', 'specs/dit.dit')),
);

for (const depth of [10, 10_000])
  line(
    `process: the first with ${depth} layers`,
    median(5, () => command('cost', 'specs/dit.dit#DiT-XL/2', '--set', `size.depth=${depth}`)),
  );

// a new spec each time, so that nothing but the compiled code is warm
const cost = (spec: Spec, overrides: readonly Override[]) => {
  const { model, diagnostics } = instantiate(spec, 'DiT-XL/2', overrides);
  if (model === undefined) throw new Error(diagnostics[0]?.message);
  return targetCost('', model);
};
for (let round = 0; round < 30; round++) cost(open(), []);
line(
  'warm: parse the files, elaborate and cost DiT-XL/2',
  median(21, () => cost(open(), [])),
);
const spec = open();
const anew = (overrides: readonly Override[]) => cost({ ...spec, instances: new Instances() }, overrides);
for (let round = 0; round < 200; round++) anew([]);
line(
  'warm: elaborate and cost DiT-XL/2, no block known',
  median(21, () => anew([])),
);
line(
  'warm: elaborate and cost it again, blocks known',
  median(21, () => cost(spec, [])),
);
for (const depth of [10, 10_000])
  line(
    `warm: elaborate and cost ${depth} layers, no block known`,
    median(21, () => anew([{ path: 'size.depth', value: String(depth) }])),
  );

const FVCORE = `
import sys, time, torch, types
from torch import nn
for name in ("fvcore", "fvcore.nn.jit_analysis"):
    __import__("logging").getLogger(name).setLevel("ERROR")
from fvcore.nn import FlopCountAnalysis

class Attention(nn.Module):
    def __init__(self, d, h):
        super().__init__(); self.h = h; self.qkv = nn.Linear(d, 3 * d); self.proj = nn.Linear(d, d)
    def forward(self, x):
        n, t, d = x.shape
        q, k, v = self.qkv(x).reshape(n, t, 3, self.h, d // self.h).permute(2, 0, 3, 1, 4).unbind(0)
        a = (q * (d // self.h) ** -0.5) @ k.transpose(-2, -1)
        return self.proj((a.softmax(-1) @ v).transpose(1, 2).reshape(n, t, d))

class Block(nn.Module):
    def __init__(self, d, h):
        super().__init__()
        self.norm1 = nn.LayerNorm(d, elementwise_affine=False); self.norm2 = nn.LayerNorm(d, elementwise_affine=False)
        self.attn = Attention(d, h); self.mlp = nn.Sequential(nn.Linear(d, 4 * d), nn.GELU("tanh"), nn.Linear(4 * d, d))
        self.mod = nn.Sequential(nn.SiLU(), nn.Linear(d, 6 * d))
    def forward(self, x, c):
        a, b, g, e, f, i = self.mod(c)[:, None].chunk(6, -1)
        x = x + g * self.attn(self.norm1(x) * (1 + b) + a)
        return x + i * self.mlp(self.norm2(x) * (1 + f) + e)

class DiT(nn.Module):
    def __init__(self, d=1152, h=16, depth=28):
        super().__init__()
        self.embed = nn.Conv2d(4, d, 2, 2); self.blocks = nn.ModuleList(Block(d, h) for _ in range(depth)); self.last = nn.Linear(d, 32)
    def forward(self, x, c):
        x = self.embed(x).flatten(2).transpose(1, 2)
        for block in self.blocks: x = block(x, c)
        return self.last(x)

model = DiT().eval()
start = time.time()
total = FlopCountAnalysis(model, (torch.zeros(1, 4, 32, 32), torch.zeros(1, 1152))).unsupported_ops_warnings(False).total()
print((time.time() - start) * 1000, total)
`;

const python = process.env.DITC_PYTHON;
if (python === undefined) console.log('fvcore: not measured; set DITC_PYTHON to a Python that has torch and fvcore');
else {
  const [milliseconds] = execFileSync(python, ['-c', FVCORE], { encoding: 'utf8' }).split(' ');
  line('fvcore: counting a DiT-XL/2 of the same shapes (without imports)', Number(milliseconds));
}
