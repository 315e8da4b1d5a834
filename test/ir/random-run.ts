/** Folded graphs at random, the same for the same seed: runs of blocks that make, drop, swap and hand through their inputs. */
import { createFoldingBuilder } from '../../compiler/ir/builder.ts';
import type { FoldedGraph, Value } from '../../compiler/ir/graph.ts';
import { type Dim, f32 } from '../../compiler/ir/type.ts';
import { createDice } from './random-graph.ts';

const N: Dim = { batch: 1 };
const type = f32(N, 3, 4);

/**
 * A block of three inputs. Its two results, of their type, are made of some of them, of none, or are one of them: what
 * the turns before are asked for may then be more, less or nothing.
 */
function randomBlock(dice: (n: number) => number): FoldedGraph {
  const build = createFoldingBuilder();
  const inputs = ['x', 'y', 'c'].map((name) => build.input(name, type));
  const result = (name: string): Value => {
    if (dice(6) === 0) return inputs[dice(3)]!;
    const weight = { path: name, type: f32(4, 4), trained: true, init: { kind: 'fill', value: 1 } as const };
    build.own({ kind: 'weight', weight, shared: false });
    const made = inputs
      .filter(() => dice(2) === 0)
      .map((input) => build.op('einsum', [input, build.weight(weight)], { pattern: 'n t d, d e -> n t e' }));
    return build.op('tanh', [made.reduce((sum, term) => build.op('add', [sum, term]), build.number(dice(3), type))]);
  };
  return build.finish([{ value: result('one') }, { value: result('two') }], { name: 'Block' });
}

export function randomRun(seed: number): FoldedGraph {
  const dice = createDice(seed);
  const build = createFoldingBuilder();
  const inputs = ['a', 'b', 'c'].map((name) => build.input(name, type));
  const pool = [...inputs, build.op('silu', [inputs[0]!])];
  const pick = (): Value => pool[dice(pool.length)]!;
  for (let run = 0; run < 1 + dice(2); run++) {
    const callee = randomBlock(dice);
    const prefix = callee.owns.length > 0 ? `run${run}.${dice(3)}` : '';
    const results = build.call(callee, [pick(), pick(), pick()], prefix);
    pool.push(...results);
    if (prefix === '') continue;
    build.own({ kind: 'call', callee, prefix, shared: false });
    const carries = [0, 1, 2].map(() => [undefined, 0, 1][dice(3)]);
    if (dice(5) > 0 && carries.some((result) => result !== undefined)) build.fold({ times: 2 + dice(6), carries });
  }
  const wanted = pool.slice(4).filter(() => dice(2) === 0);
  return build.finish(
    (wanted.length > 0 ? wanted : pool.slice(-1)).map((value, at) => ({ name: `out${at}`, value })),
    { name: 'Model' },
  );
}
