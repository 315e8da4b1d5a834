/** Where costs are written down while a model is walked: a tree of modules, and one row for each module and op. */
import type { Place } from '../../dsl/span.ts';
import type { CostRow, ModelCost, ModuleCost } from './module.ts';
import { segmentsOf } from './repeats.ts';
import { type CostRole, roleNamed } from './role.ts';
import type { RunWork } from './work.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface ModuleDraft {
  readonly name: string;
  readonly path: string;
  block?: string;
  place?: Place;
  times: number;
  readonly rows: Map<string, Mutable<CostRow>>;
  readonly children: Map<string, ModuleDraft>;
}

export interface Entry {
  readonly op: string;
  readonly count: number;
  readonly role: CostRole;
  readonly perToken: boolean;
  /** of one */
  readonly work: RunWork;
}

export interface Ledger {
  readonly root: ModuleDraft;
  readonly add: (module: ModuleDraft, entry: Entry) => void;
  readonly addWeight: (
    module: ModuleDraft,
    weight: { trained: boolean; count: number; bytes: number },
    times: number,
  ) => void;
  readonly finish: () => ModelCost;
}

const draft = (name: string, path: string): ModuleDraft => ({
  name,
  path,
  times: 1,
  rows: new Map(),
  children: new Map(),
});

/** The module of a label below another, made on the way: `x_embedder.proj` is two. */
export function moduleAt(parent: ModuleDraft, label: string): ModuleDraft {
  let at = parent;
  for (const name of segmentsOf(label)) {
    let child = at.children.get(name);
    if (child === undefined) at.children.set(name, (child = draft(name, at.path === '' ? name : `${at.path}.${name}`)));
    at = child;
  }
  return at;
}

export function createLedger(): Ledger {
  const root = draft('', '');
  const rowOf = (module: ModuleDraft, op: string, role: CostRole, perToken: boolean): Mutable<CostRow> => {
    const key = `${op} ${role} ${perToken}`;
    let row = module.rows.get(key);
    if (row === undefined) module.rows.set(key, (row = { path: module.path, op, count: 0, ...ZERO, role, perToken }));
    return row;
  };
  return {
    root,
    add(module, { op, count, role, perToken, work }) {
      const row = rowOf(module, op, role, perToken);
      row.count += count;
      row.macs += work.macs * count;
      row.flops += work.flops * count;
      row.read += work.read * count;
      row.written += work.written * count;
    },
    addWeight(module, { trained, count, bytes }, times) {
      const row = rowOf(module, trained ? 'param' : 'frozen', roleOfWeights(module), false);
      row.count += times;
      row[trained ? 'trained' : 'frozen'] += count * times;
      row.weightBytes += bytes * times;
    },
    finish() {
      const rows: CostRow[] = [];
      return { root: finish(root, rows).module, rows };
    },
  };
}

const ZERO = { macs: 0, flops: 0, trained: 0, frozen: 0, weightBytes: 0, read: 0, written: 0 };

/** Weights are for what their module does with them. */
function roleOfWeights(module: ModuleDraft): CostRole {
  for (const { role, macs } of module.rows.values()) if (macs > 0 && role !== 'attention scores') return role;
  return roleNamed(module.path) ?? 'norms and elementwise';
}

/** One role for several: norms and elementwise give way to all others, attention scores to all but those. */
const WEAK: readonly CostRole[] = ['norms and elementwise', 'attention scores'];

function onlyOf(roles: ReadonlySet<CostRole>): CostRole | undefined {
  const strong = [...roles].filter((role) => !WEAK.includes(role));
  return strong.length > 0 ? (strong.length === 1 ? strong[0] : undefined) : WEAK.findLast((role) => roles.has(role));
}

interface Finished {
  readonly module: ModuleCost;
  readonly roles: ReadonlySet<CostRole>;
}

function finish(at: ModuleDraft, rows: CostRow[]): Finished {
  const total = { ...ZERO };
  const add = (figures: typeof ZERO): void => {
    for (const field of Object.keys(ZERO) as (keyof typeof ZERO)[]) total[field] += figures[field];
  };
  for (const row of at.rows.values()) {
    rows.push(row);
    add(row);
  }
  const own = new Set([...at.rows.values()].map(({ role }) => role));
  const below = [...at.children.values()].map((child) => finish(child, rows));
  for (const { module } of below) add(module);
  const roles = new Set([...own, ...below.flatMap((child) => [...child.roles])]);
  const { name, path, block, place, times } = at;
  const children = below.map(({ module }) => module);
  return {
    module: { name, path, block, place, times, role: onlyOf(roles), ownRole: onlyOf(own), ...total, children },
    roles,
  };
}
