/** All ops by name. One spelling everywhere: language, registry, IR text, errors, targets. */
import { add } from './add.ts';
import { arange } from './arange.ts';
import { argsort } from './argsort.ts';
import { concat } from './concat.ts';
import { conv2d } from './conv2d.ts';
import { conv2dInput } from './conv2d-input.ts';
import { conv2dWeight } from './conv2d-weight.ts';
import { cos } from './cos.ts';
import { detach } from './detach.ts';
import { div } from './div.ts';
import { einsum } from './einsum.ts';
import { eq } from './eq.ts';
import { erf } from './erf.ts';
import { exp } from './exp.ts';
import { gather } from './gather.ts';
import { gelu } from './gelu.ts';
import { geluTanh } from './gelu-tanh.ts';
import { layernorm } from './layernorm.ts';
import { le } from './le.ts';
import { log } from './log.ts';
import { lt } from './lt.ts';
import { max } from './max.ts';
import { min } from './min.ts';
import { mul } from './mul.ts';
import { ne } from './ne.ts';
import { neg } from './neg.ts';
import type { Op } from './op.ts';
import { pad } from './pad.ts';
import { pow } from './pow.ts';
import { rearrange } from './rearrange.ts';
import { reduce } from './reduce.ts';
import { repeat } from './repeat.ts';
import { rmsnorm } from './rmsnorm.ts';
import { scatter } from './scatter.ts';
import { sigmoid } from './sigmoid.ts';
import { silu } from './silu.ts';
import { sin } from './sin.ts';
import { slice } from './slice.ts';
import { softmax } from './softmax.ts';
import { sqrt } from './sqrt.ts';
import { sub } from './sub.ts';
import { tanh } from './tanh.ts';
import { where } from './where.ts';

export const OPS = {
  add,
  sub,
  mul,
  div,
  pow,
  min,
  max,
  eq,
  ne,
  lt,
  le,
  neg,
  exp,
  log,
  sqrt,
  sin,
  cos,
  tanh,
  sigmoid,
  erf,
  silu,
  gelu,
  gelu_tanh: geluTanh,
  where,
  detach,
  softmax,
  layernorm,
  rmsnorm,
  einsum,
  conv2d,
  conv2d_input: conv2dInput,
  conv2d_weight: conv2dWeight,
  rearrange,
  repeat,
  reduce,
  concat,
  slice,
  pad,
  gather,
  scatter,
  argsort,
  arange,
} as const satisfies Readonly<Record<string, Op>>;

export type OpName = keyof typeof OPS;

export const isOpName = (name: string): name is OpName => Object.hasOwn(OPS, name);

export function opNamed(name: string): Op {
  if (!isOpName(name)) throw new Error(`no op is called ${name}`);
  return OPS[name];
}
