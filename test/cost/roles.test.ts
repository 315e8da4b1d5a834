/** What work is for, by names and by where it stands; and that a module has one role where all inside has. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { icicle } from '../../cli/report/icicle.ts';
import { costByRole, type ModuleCost } from '../../compiler/cost/module.ts';
import { roleNamed } from '../../compiler/cost/role.ts';
import { targetCost } from '../../compiler/cost/target-cost.ts';
import { modelOf, specOf } from './model.ts';

test('names', () => {
  const cases: [string, string | undefined][] = [
    ['blocks[0..27].attn.qkv', 'attention projections'],
    ['blocks[0..27].self_attn2', 'attention projections'],
    ['double_blocks[0..18].img_mod.lin', 'conditioning'],
    ['single_blocks[0..37].linear1', 'attention and mlp in one'],
    ['single_blocks[0..37].linear3', undefined],
    ['context_embedder', 'embedding'],
    ['t_embedder.mlp.0', 'conditioning'],
    ['blocks[0..3].img_mlp.2', 'mlp'],
    ['head', 'head'],
    ['header', undefined],
    ['', undefined],
  ];
  for (const [path, role] of cases) assert.is(roleNamed(path), role, path);
});

const cost = (body: string) =>
  targetCost(
    '',
    modelOf(
      specOf(`use std.nn { Linear }
block Layer(x: [N, T, D]) -> [N, T, D] = Linear(x, D, bias: false) as map
model M() {
  input x: image[N, 4, 10]
  ${body}
}`),
    ),
  );
const rolesOf = (body: string) =>
  Object.fromEntries(costByRole(cost(body).rows).flatMap(({ role, macs }) => (macs > 0 ? [[role, macs]] : [])));
const linear = (name: string) => `x = Linear(x, 10, bias: false) as ${name}`;

test('the head is what comes after the last layer, not what stands between two stacks', () => {
  // products of 4 · 10 · 10
  assert.equal(
    rolesOf(`${linear('begin')}
  for i in 0..2 { x = Layer(x) as down[i] }
  ${linear('between')}
  for i in 0..3 { x = Layer(x) as up[i] }
  output y = Linear(x, 10, bias: false) as end`),
    { head: 400, other: (1 + 2 + 1 + 3) * 400 },
  );
  // stages that are made of several parts
  assert.equal(
    rolesOf(`for i in 0..2 { x = Layer(x) as down[i] }
  ${linear('between')}
  for i in 0..2 {
    x = Layer(x) as up[i].a
    x = Linear(x, 20, bias: false) as up[i].b |> Linear(10, bias: false) as up[i].c
  }
  output y = Linear(x, 10, bias: false) as end`),
    { head: 400, other: (2 + 1 + 2 * (1 + 2 + 2)) * 400 },
  );
  assert.equal(rolesOf(`${linear('a')}\n  output y = x`), { other: 400 });
});

test('the colours of the page are the roles of the table', () => {
  // the MLP of a time: one row a sample, so conditioning, whatever its name
  const { root } = cost(`input t: timestep[N]
  c = Linear(t[:, _], 10) as time.mlp.0 |> silu |> Linear(10) as time.mlp.2
  x = x + c[:, _, :]
  x = Linear(x, 10) as mlp |> silu |> Linear(10) as attn
  output y = einsum("n t d, n s d -> n t s", x, x)`);
  const roles = new Map<string, string | undefined>();
  const visit = (module: ModuleCost): void => {
    roles.set(module.path, module.role);
    for (const child of module.children) visit(child);
  };
  visit(root);
  assert.equal(
    ['', 'time', 'time.mlp', 'time.mlp.0', 'mlp', 'attn'].map((path) => roles.get(path)),
    [undefined, 'conditioning', 'conditioning', 'conditioning', 'mlp', 'attention projections'],
  );
  assert.is(root.ownRole, 'attention scores');
  const { markup } = icicle(root, { name: 'MACs', of: ({ macs }) => macs });
  const hues = new Map(
    [...markup.matchAll(/data-hover="([^":]*):[^"]*" [^>]*fill="hsl\((\d+) /g)].map(([, path, hue]) => [path!, hue!]),
  );
  assert.is(hues.get('time.mlp'), hues.get('time'));
  assert.is.not(hues.get('time.mlp.0'), hues.get('mlp'));
  assert.is.not(hues.get('scores'), hues.get('attn'));
});

test.run();
