/** Every op's kernel. An op without one does not type-check. */
import type { OpName } from '../../../ops/registry.ts';
import * as convolution from './convolution.ts';
import { einsum } from './einsum.ts';
import * as elementwise from './elementwise.ts';
import * as indexing from './indexing.ts';
import type { Kernel } from './kernel.ts';
import * as normalize from './normalize.ts';
import * as pattern from './pattern.ts';

export const KERNELS: Readonly<Record<OpName, Kernel>> = {
  add: elementwise.add,
  sub: elementwise.sub,
  mul: elementwise.mul,
  div: elementwise.div,
  pow: elementwise.pow,
  min: elementwise.min,
  max: elementwise.max,
  eq: elementwise.eq,
  ne: elementwise.ne,
  lt: elementwise.lt,
  le: elementwise.le,
  neg: elementwise.neg,
  exp: elementwise.exp,
  log: elementwise.log,
  sqrt: elementwise.sqrt,
  sin: elementwise.sin,
  cos: elementwise.cos,
  tanh: elementwise.tanh,
  sigmoid: elementwise.sigmoid,
  erf: elementwise.erfOp,
  silu: elementwise.silu,
  gelu: elementwise.gelu,
  gelu_tanh: elementwise.geluTanh,
  where: elementwise.where,
  detach: elementwise.detach,
  softmax: normalize.softmax,
  layernorm: normalize.layernorm,
  rmsnorm: normalize.rmsnorm,
  einsum,
  conv2d: convolution.conv2d,
  conv2d_input: convolution.conv2dInput,
  conv2d_weight: convolution.conv2dWeight,
  rearrange: pattern.rearrange,
  repeat: pattern.repeat,
  reduce: pattern.reduce,
  concat: indexing.concat,
  slice: indexing.slice,
  pad: indexing.pad,
  gather: indexing.gather,
  scatter: indexing.scatter,
  argsort: indexing.argsort,
  arange: indexing.arange,
};
