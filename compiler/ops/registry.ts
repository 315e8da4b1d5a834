/** All ops by name. One spelling everywhere: language, registry, IR text, errors, targets. */
import type { Op } from './op.ts';

export const OPS = {} as const satisfies Readonly<Record<string, Op>>;

export type OpName = keyof typeof OPS;

export const isOpName = (name: string): name is OpName => Object.hasOwn(OPS, name);

export function opNamed(name: string): Op {
  if (!isOpName(name)) throw new Error(`no op is called ${name}`);
  return OPS[name];
}
