/** Exported models: what other tools find in them, and that they compute the same, whatever the batch. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../../compiler/ir/builder.ts';
import type { Graph } from '../../../compiler/ir/graph.ts';
import type { HostTensor } from '../../../compiler/ir/tensor.ts';
import { f32 } from '../../../compiler/ir/type.ts';
import { type ExportedModel, type ExportOptions, exportOnnx } from '../../../compiler/lower/onnx/export.ts';
import type { Program } from '../../../compiler/lower/program.ts';
import { evaluate } from '../../../compiler/lower/reference/evaluate.ts';
import { forwardProgram } from '../../../compiler/program/forward.ts';
import { loadOrt } from '../../../runtime/engines/onnx-runtime.ts';
import { wrap } from '../../../runtime/engines/onnx-tensor.ts';
import { distance } from '../../engines/closeness.ts';
import { randomInputs, randomWeights, SMALL_MODELS, smallModel } from '../../engines/small-models.ts';
import { testIf } from '../../skip.ts';

const TOLERANCE = 2e-5;

async function exported(program: Program, options: ExportOptions): Promise<ExportedModel> {
  const made = await exportOnnx(program, randomWeights(program.graph), options);
  if ('problem' in made) throw new Error(made.problem);
  return made;
}

/** Runs a file as another tool would, by the names that are in it. */
async function runFile(file: string | Uint8Array, inputs: Readonly<Record<string, HostTensor>>) {
  const ort = await loadOrt();
  const session = await ort.InferenceSession.create(file as string, { intraOpNumThreads: 1, logSeverityLevel: 4 });
  const feeds = Object.fromEntries(
    session.inputNames.map((name) => [name, wrap(ort, inputs[name]!, inputs[name]!.data as Float32Array)]),
  );
  const results = await session.run(feeds);
  await session.release();
  return Object.entries(results).map(([name, { dims, data }]) => {
    return [name, { dtype: 'f32', shape: dims, data: data as Float32Array } as HostTensor] as const;
  });
}

async function assertSame(file: string | Uint8Array, graph: Graph, batch: number): Promise<void> {
  const inputs = randomInputs(graph, batch);
  const want = evaluate(graph, { inputs, weights: randomWeights(graph), batch });
  const got = await runFile(file, inputs);
  assert.equal(
    got.map(([name]) => name),
    Object.keys(want),
  );
  for (const [name, tensor] of got) {
    const apart = distance(tensor, want[name]!);
    assert.ok(apart <= TOLERANCE, `${name} at batch ${batch} is ${apart} off`);
  }
}

for (const name of SMALL_MODELS.filter((each) => each !== 'Flux')) {
  test(`${name}: one file for every batch`, async () => {
    const { inference } = smallModel(name);
    const { model } = await exported(forwardProgram(name, inference), { batch: 'dynamic' });
    for (const batch of [1, 2, 5]) await assertSame(model, inference, batch);
  });
}

/** Halves of [2N, 3] side by side, and ones of [N, 2] behind them: sizes with N where no dim is open. */
function halves(): Graph {
  const build = createBuilder();
  const x = build.input('x', f32({ batch: 2 }, 3));
  const apart = build.op('rearrange', [x], { pattern: '(2 n) d -> 2 n d' });
  const half = (at: number) =>
    build.op('rearrange', [build.op('slice', [apart], { axis: 0, start: at, end: at + 1 })], {
      pattern: '1 n d -> n d',
    });
  const row = build.op('repeat', [build.input('row', f32(2))], { pattern: 'd -> n d', sizes: { n: { batch: 1 } } });
  const y = build.op('concat', [half(1), half(0), row], { axis: 1 });
  return build.finish([{ name: 'y', value: y }], { name: 'halves' });
}

test('a size that is a multiple of the batch is found at run time', async () => {
  const { model } = await exported(forwardProgram('halves', halves()), { batch: 'dynamic' });
  const tensor = (shape: number[], data: number[]): HostTensor => ({
    dtype: 'f32',
    shape,
    data: Float32Array.from(data),
  });
  for (const [n, want] of [
    [1, [4, 5, 6, 1, 2, 3, 8, 9]],
    [2, [7, 8, 9, 1, 2, 3, 8, 9, 10, 11, 12, 4, 5, 6, 8, 9]],
  ] as const) {
    const x = tensor(
      [2 * n, 3],
      Array.from({ length: 6 * n }, (_, at) => at + 1),
    );
    const [[name, y]] = (await runFile(model, { x, row: tensor([2], [8, 9]) })) as [[string, HostTensor]];
    assert.is(name, 'y');
    assert.equal([...y.shape], [n, 8]);
    assert.equal([...y.data], [...want]);
  }
});

test('a fixed batch, and weights in a second file', async () => {
  const { inference } = smallModel('DiT');
  const folder = mkdtempSync(path.join(tmpdir(), 'ditc-export-'));
  try {
    const options = { batch: 2, dataFile: 'small.bin', externalFrom: 0 };
    const { model, data } = await exported(forwardProgram('DiT', inference), options);
    const inside = await exported(forwardProgram('DiT', inference), { batch: 2 });
    assert.is(data!.name, 'small.bin');
    assert.is(inside.data, undefined);
    assert.ok(model.length < inside.model.length);
    writeFileSync(path.join(folder, 'small.onnx'), model);
    writeFileSync(path.join(folder, 'small.bin'), Buffer.concat(data!.parts));
    await assertSame(path.join(folder, 'small.onnx'), inference, 2);
    await assertSame(inside.model, inference, 2);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what cannot be exported is said', async () => {
  const { inference } = smallModel('DiT');
  const program = forwardProgram('DiT', inference);
  const weights = randomWeights(inference);
  const first = program.state[0]!.name;
  const without = new Map([...weights].filter(([name]) => name !== first));
  assert.equal(await exportOnnx(program, without, { batch: 1 }), { problem: `the weight \`${first}\` is missing` });
  const wrong = new Map([...weights, [first, { dtype: 'f32', shape: [1], data: Float32Array.of(1) } as const]]);
  const shape = program.state[0]!.type.shape.join(', ');
  assert.equal(await exportOnnx(program, wrong, { batch: 1 }), {
    problem: `the weight \`${first}\` is [1], not [${shape}]`,
  });
  const stepping = { ...program, state: [{ ...program.state[0]!, update: 'eps' }, ...program.state.slice(1)] };
  assert.equal(await exportOnnx(stepping, weights, { batch: 1 }), {
    problem: `DiT changes its state \`${first}\``,
    help: 'only forward programs are exported',
  });
});

const python = process.env.DITC_PYTHON ?? 'python3';

/** Reads a model with the package `onnx`, checks it in full, and prints what it says of itself. */
const CHECK = `
import json, sys, onnx
onnx.checker.check_model(sys.argv[1], full_check=True)
model = onnx.load(sys.argv[1])
def dims(value):
    return [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
print(json.dumps({
    "inputs": {v.name: dims(v) for v in model.graph.input},
    "outputs": {v.name: dims(v) for v in model.graph.output},
    "names": [t.name for t in model.graph.initializer],
    "opset": [[o.domain, o.version] for o in model.opset_import],
    "metadata": {p.key: p.value for p in model.metadata_props},
}))
`;

const hasChecker = ((): boolean => {
  try {
    execFileSync(python, ['-c', 'import onnx'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();
const checked = testIf(hasChecker, 'needs a Python with the package onnx: set DITC_PYTHON');

function inspect(folder: string, { model, data }: ExportedModel) {
  const file = path.join(folder, 'model.onnx');
  writeFileSync(file, model);
  if (data) writeFileSync(path.join(folder, data.name), Buffer.concat(data.parts));
  return JSON.parse(execFileSync(python, ['-c', CHECK, file], { encoding: 'utf8' }));
}

checked('the checker of ONNX accepts every spec, and finds what it is and whose', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'ditc-export-'));
  try {
    for (const name of SMALL_MODELS) {
      const { inference } = smallModel(name);
      const metadata = { spec: name, digest: 'sha256:0', licence: 'CC-BY-NC-4.0' };
      const program = forwardProgram(name, inference);
      for (const options of [{ batch: 'dynamic' }, { batch: 2, externalFrom: 0 }] as const) {
        const found = inspect(folder, await exported(program, { ...options, metadata }));
        assert.equal(found.opset, [['', 20]]);
        assert.equal(
          Object.keys(found.inputs),
          inference.inputs.map((input) => input.name),
        );
        assert.equal(
          Object.keys(found.outputs),
          inference.results.map((result) => result.name),
        );
        const open = Object.values(found.inputs as Record<string, (number | string)[]>).every(
          ([first]) => first === 'N',
        );
        assert.is(open, options.batch === 'dynamic', name);
        assert.is(found.metadata.licence, 'CC-BY-NC-4.0');
        assert.is(found.metadata.spec, name);
        const missing = program.state.filter((state) => !found.names.includes(state.name)).map((state) => state.name);
        assert.equal(missing, [], name);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
