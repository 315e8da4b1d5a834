/**
 * Which blocks of two models compute something else, and at which modules they stand. A block is compared by its own
 * statements: what it calls is a name and a path there, and is compared where it stands itself. How large tensors are, how
 * many layers there are and how weights start make no difference here; the lists of weights and of figures have those.
 */
import type { Place } from '../../dsl/span.ts';
import type { ModelInstance } from '../elaborate/model.ts';
import { structureDigest } from '../ir/digest.ts';
import type { FoldedGraph, FoldedNode, FoldedOwned } from '../ir/graph.ts';
import { createMemo } from '../ir/memo.ts';
import { isBatch, type TensorType } from '../ir/type.ts';
import { underCommonPaths } from './common-paths.ts';
import { repeatsOf, segmentsOf } from './repeats.ts';

export interface StandingBlock {
  readonly name: string;
  /** `heads: 6` */
  readonly settings: string;
  /** where it is defined */
  readonly place?: Place;
}

/** One of the two may be missing: then the module, or the block in it, is only in the other. */
export interface BlockChange {
  /** of the module; empty for the model itself */
  readonly path: string;
  readonly before?: StandingBlock;
  readonly after?: StandingBlock;
}

export function changedBlocks(a: ModelInstance, b: ModelInstance): readonly BlockChange[] {
  const [before, after] = underCommonPaths([standing(a), standing(b)], joined).map(byPath) as [Modules, Modules];
  const changes: BlockChange[] = [];
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(path) ?? NONE, after.get(path) ?? NONE];
    for (const [name, { block, bodies }] of was) {
      const same = is.get(name);
      if (same !== undefined && !sameSet(bodies, same.bodies)) changes.push({ path, before: block, after: same.block });
    }
    // what is inside of a module that only one has is not said apart
    if (within(path, before, after) || within(path, after, before)) continue;
    const gone = [...was].filter(([name]) => !is.has(name));
    const come = [...is].filter(([name]) => !was.has(name));
    for (let at = 0; at < Math.max(gone.length, come.length); at++)
      changes.push({ path, before: gone[at]?.[1].block, after: come[at]?.[1].block });
  }
  return changes;
}

interface Standing {
  readonly block: StandingBlock;
  /** a name for each distinct list of statements */
  readonly bodies: ReadonlySet<string>;
}
type Modules = ReadonlyMap<string, ReadonlyMap<string, Standing>>;

const NONE: ReadonlyMap<string, Standing> = new Map();

const joined = (a: Standing, b: Standing): Standing => ({
  block: a.block,
  bodies: new Set([...a.bodies, ...b.bodies]),
});

const sameSet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((each) => b.has(each));

/** Whether the module is below another that `these` have and the `others` have not. */
function within(path: string, these: Modules, others: Modules): boolean {
  const segments = segmentsOf(path);
  return segments.slice(1).some((_, at) => {
    const above = segments.slice(0, at + 1).join('.');
    return these.has(above) && !others.has(above);
  });
}

/** A graph that is called over and over on many levels is not followed into all of its calls. */
const MOST_VISITS = 20_000;

/** Blocks by path and name, in the order of the text; those that run in training only too. */
function standing({ folded }: ModelInstance): readonly (readonly [string, Standing])[] {
  const found = new Map<string, Standing>();
  for (const [kind, root] of Object.entries(folded)) {
    const seen = new Map<string, Set<FoldedGraph>>();
    const stack = [{ graph: root, path: '' }];
    for (let visits = 0; visits < MOST_VISITS; visits++) {
      const top = stack.pop();
      if (top === undefined) break;
      const { graph, path } = top;
      const known = seen.get(path) ?? new Set();
      if (known.has(graph)) continue;
      seen.set(path, known.add(graph));
      const key = `${path}\n${graph.name}`;
      const here = {
        block: { name: graph.name, settings: graph.settings, place: graph.place },
        bodies: new Set([`${kind} ${structureDigest(bodyOf(graph))}`]),
      };
      const other = found.get(key);
      found.set(key, other === undefined ? here : joined(other, here));
      for (const [node, { label }] of [...repeatsOf(graph).first].reverse())
        stack.push({ graph: node.callee, path: [path, label].filter((part) => part !== '').join('.') });
    }
  }
  return [...found];
}

function byPath(entries: ReadonlyMap<string, Standing>): Modules {
  const modules = new Map<string, Map<string, Standing>>();
  for (const [key, entry] of entries) {
    const [path, name] = key.split('\n') as [string, string];
    const module = modules.get(path) ?? new Map<string, Standing>();
    modules.set(path, module.set(name, entry));
  }
  return modules;
}

const bodies = createMemo<FoldedGraph>();
const names = new Map<string, FoldedGraph>();

/** The statements of a graph alone. */
function bodyOf(graph: FoldedGraph): FoldedGraph {
  const known = bodies.get(graph);
  if (known !== undefined) return known;
  return bodies.set(graph, {
    ...graph,
    values: graph.values.map(({ type }) => ({ type: ofRank(type) })),
    nodes: graph.nodes.map(ofAnySize),
    owns: graph.owns.flatMap((owned): FoldedOwned[] =>
      owned.kind === 'call'
        ? []
        : [
            {
              ...owned,
              weight: { ...owned.weight, type: ofRank(owned.weight.type), init: { kind: 'fill', value: 0 } },
            },
          ],
    ),
  });
}

const ofRank = ({ dtype, shape }: TensorType): TensorType => ({
  dtype,
  shape: shape.map((dim) => (isBatch(dim) ? { batch: 1 } : 1)),
});

const ofAnySize = (node: FoldedNode): FoldedNode =>
  node.kind === 'call'
    ? { ...node, callee: nameAlone(node.callee.name), run: node.run && { ...node.run, times: 2 } }
    : node;

/** Stands for every graph of that name; a weight makes the path of its calls count. */
function nameAlone(name: string): FoldedGraph {
  let graph = names.get(name);
  if (graph === undefined) {
    const weight = { path: name, type: ofRank({ dtype: 'f32', shape: [] }), trained: true, init: ZERO } as const;
    const owns = [{ kind: 'weight', weight, shared: false }] as const;
    names.set(name, (graph = { name, settings: '', inputs: [], results: [], nodes: [], values: [], owns }));
  }
  return graph;
}

const ZERO = { kind: 'fill', value: 0 } as const;
