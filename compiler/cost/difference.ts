/** What differs between two models: parameters, ports, blocks, weights, cost. `before` is the first that is named. */
import type { ModelInstance } from '../elaborate/model.ts';
import { showTerm } from '../elaborate/term.ts';
import { calledGraphs } from '../ir/callees.ts';
import type { Graph } from '../ir/graph.ts';
import { showType } from '../ir/type.ts';
import { weightsOf } from '../ir/weights.ts';
import { underCommonPaths } from './common-paths.ts';
import { costByRole, type ModuleCost } from './module.ts';
import { ranges } from './repeats.ts';
import { type TargetCost, targetCost } from './target-cost.ts';

/** One of the two may be missing: then it is only in the other. */
export interface Change<T> {
  readonly name: string;
  readonly before?: T;
  readonly after?: T;
}

export interface CostChange {
  readonly macs: number;
  readonly flops: number;
  readonly params: number;
}

export interface Difference {
  readonly before: TargetCost;
  readonly after: TargetCost;
  readonly settings: readonly Change<string>[];
  readonly ports: readonly Change<string>[];
  /** blocks by what they are called with, and how many distinct graphs of each there are */
  readonly blocks: readonly Change<number>[];
  /** types by path, equal neighbours together: `blocks[0..11].attn.qkv.weight` */
  readonly weights: readonly Change<string>[];
  readonly roles: readonly Change<CostChange>[];
  readonly modules: readonly Change<CostChange>[];
}

type Named = { readonly name: string; readonly model: ModelInstance };

export function difference(a: Named, b: Named): Difference {
  const before = targetCost(a.name, a.model);
  const after = targetCost(b.name, b.model);
  const modules = underCommonPaths([modulesOf(before.root), modulesOf(after.root)], (one, more) => ({
    macs: one.macs + more.macs,
    flops: one.flops + more.flops,
    params: one.params + more.params,
  }));
  return {
    before,
    after,
    settings: changes(settingsOf(a.model), settingsOf(b.model)),
    ports: changes(portsOf(before), portsOf(after)),
    blocks: changes(blocksOf(a.model.inference), blocksOf(b.model.inference)),
    weights: together(changes(weightTypes(a.model.training), weightTypes(b.model.training))),
    roles: changes(rolesOf(before), rolesOf(after), sameCost),
    modules: changes(modules[0]!, modules[1]!, sameCost),
  };
}

/** What is in one only, or not the same in both, in the order of the first. */
function changes<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  same: (a: T, b: T) => boolean = Object.is,
): Change<T>[] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].flatMap((name): Change<T>[] => {
    const [was, is] = [before.get(name), after.get(name)];
    return was !== undefined && is !== undefined && same(was, is) ? [] : [{ name, before: was, after: is }];
  });
}

const sameCost = (a: CostChange, b: CostChange): boolean =>
  a.macs === b.macs && a.flops === b.flops && a.params === b.params;

const settingsOf = ({ settings }: ModelInstance) =>
  new Map([...settings].map(([name, term]) => [name, showTerm(term)]));

const portsOf = ({ inputs, outputs }: TargetCost) =>
  new Map([
    ...inputs.map(({ name, type }): [string, string] => [`input ${name}`, type]),
    ...outputs.map(({ name, type }): [string, string] => [`output ${name}`, type]),
  ]);

/** Distinct graphs by the name of their block. */
function blocksOf(root: Graph): Map<string, number> {
  const blocks = new Map<string, number>();
  for (const graph of calledGraphs(root)) {
    if (graph !== root) blocks.set(graph.name, (blocks.get(graph.name) ?? 0) + 1);
  }
  return blocks;
}

const weightTypes = (graph: Graph) =>
  new Map(
    weightsOf(graph).map(({ path, weight }) => [path, `${weight.trained ? '' : 'frozen '}${showType(weight.type)}`]),
  );

/** Weights that differ only in the first number of their path and change alike are one. */
function together(list: readonly Change<string>[]): readonly Change<string>[] {
  const groups = new Map<string, { change: Change<string>; indices: number[]; stem: string; rest: string }>();
  for (const change of list) {
    const match = /^(.*?)\.(\d+)(\..*)?$/.exec(change.name);
    const stem = match?.[1] ?? change.name;
    const rest = match?.[3] ?? '';
    const key = JSON.stringify([stem, rest, change.before, change.after, match === null]);
    const group = groups.get(key) ?? { change, indices: [], stem, rest };
    groups.set(key, group);
    if (match !== null) group.indices.push(Number(match[2]));
  }
  return [...groups.values()].map(({ change, indices, stem, rest }) =>
    indices.length < 2 ? change : { ...change, name: `${stem}[${ranges(indices)}]${rest}` },
  );
}

const costOf = ({
  macs,
  flops,
  trained,
  frozen,
}: {
  macs: number;
  flops: number;
  trained: number;
  frozen: number;
}) => ({
  macs,
  flops,
  params: trained + frozen,
});

const rolesOf = ({ rows }: TargetCost) =>
  new Map(costByRole(rows).map(({ role, ...group }): [string, CostChange] => [role, costOf(group)]));

/** Two levels: the modules of the model and what they are made of. */
const modulesOf = (root: ModuleCost) =>
  root.children
    .flatMap((module) => [module, ...module.children])
    .map((module) => [module.path, costOf(module)] as const);
