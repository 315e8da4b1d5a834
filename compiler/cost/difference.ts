/** What differs between two models: parameters, ports, blocks, weights, cost. `before` is the first that is named. */
import type { ModelInstance } from '../elaborate/model.ts';
import { showTerm } from '../elaborate/term.ts';
import { calledGraphs } from '../ir/callees.ts';
import { digestOf } from '../ir/digest.ts';
import type { FoldedGraph, Role } from '../ir/graph.ts';
import { showRole } from '../ir/print-rows.ts';
import { sameType, showType } from '../ir/type.ts';
import { type BlockChange, changedBlocks } from './block-changes.ts';
import { underCommonPaths } from './common-paths.ts';
import { type CostFigures, costByRole, type ModuleCost } from './module.ts';
import { type TargetCost, targetCost } from './target-cost.ts';
import { type Change, changedWeights } from './weight-changes.ts';

export interface CostChange {
  readonly macs: number;
  readonly flops: number;
  readonly params: number;
}

export interface Difference {
  readonly before: TargetCost;
  readonly after: TargetCost;
  /** the graphs of inference and of training are equal, with how their weights start */
  readonly same: boolean;
  readonly settings: readonly Change<string>[];
  readonly ports: readonly Change<string>[];
  /** blocks by what they are called with, and how many distinct graphs of each there are */
  readonly blocks: readonly Change<number>[];
  /** types by path */
  readonly weights: readonly Change<string>[];
  /** initial values by path, of weights that both have */
  readonly starts: readonly Change<string>[];
  /** blocks that compute something else, by the module they stand at */
  readonly changedBlocks: readonly BlockChange[];
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
  const weights = changedWeights(a.model.folded.training, b.model.folded.training);
  return {
    before,
    after,
    same: digestsOf(a.model) === digestsOf(b.model),
    settings: changes(settingsOf(a.model), settingsOf(b.model)),
    ports: portChanges(a.model.folded.inference, b.model.folded.inference),
    blocks: changes(blocksOf(a.model.folded.inference), blocksOf(b.model.folded.inference)),
    weights: weights.types,
    starts: weights.starts,
    changedBlocks: changedBlocks(a.model, b.model),
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

const digestsOf = ({ folded }: ModelInstance): string => `${digestOf(folded.inference)} ${digestOf(folded.training)}`;

/** Inputs and outputs of another type, or inputs that the runtime fills with something else: then the role is said. */
function portChanges(a: FoldedGraph, b: FoldedGraph): readonly Change<string>[] {
  const portsOf = ({ inputs, results, values }: FoldedGraph) =>
    new Map([
      ...inputs.map(({ name, value, role }) => [`input ${name}`, { type: values[value]!.type, role }] as const),
      ...results.map(({ name, value }) => [`output ${name}`, { type: values[value]!.type, role: undefined }] as const),
    ]);
  const found = changes(
    portsOf(a),
    portsOf(b),
    (was, is) => sameType(was.type, is.type) && sameRole(was.role, is.role),
  );
  return found.map(({ name, before, after }) => {
    const roles = before !== undefined && after !== undefined && sameType(before.type, after.type);
    const show = (port: typeof before): string | undefined =>
      port &&
      `${showType(port.type)}${roles ? ` ${port.role === undefined ? 'without role' : showRole(port.role)}` : ''}`;
    return { name, before: show(before), after: show(after) };
  });
}

const sameRole = (a: Role | undefined, b: Role | undefined): boolean =>
  (a === undefined ? '' : showRole(a)) === (b === undefined ? '' : showRole(b));

/** Distinct graphs by the name of their block. */
function blocksOf(root: FoldedGraph): Map<string, number> {
  const blocks = new Map<string, number>();
  for (const graph of calledGraphs(root)) {
    if (graph !== root) blocks.set(graph.name, (blocks.get(graph.name) ?? 0) + 1);
  }
  return blocks;
}

type Summed = Pick<CostFigures, 'macs' | 'flops' | 'trained' | 'frozen'>;

const costOf = ({ macs, flops, trained, frozen }: Summed): CostChange => ({
  macs,
  flops,
  params: trained + frozen,
});

const rolesOf = ({ rows }: TargetCost) =>
  new Map(costByRole(rows).map(({ role, ...group }): [string, CostChange] => [role, costOf(group)]));

/** Two levels: the modules of the model and what they are made of; and, without a path, what is in none of them. */
function modulesOf(root: ModuleCost): readonly (readonly [string, CostChange])[] {
  const own = root.children.reduce<Summed>(
    (left, { macs, flops, trained, frozen }) => ({
      macs: left.macs - macs,
      flops: left.flops - flops,
      trained: left.trained - trained,
      frozen: left.frozen - frozen,
    }),
    root,
  );
  return [
    ['', costOf(own)],
    ...root.children
      .flatMap((module) => [module, ...module.children])
      .map((module) => [module.path, costOf(module)] as const),
  ];
}
