/**
 * What graphs are called in texts for people: the name of the block, and where several graphs have that name (instances
 * of one block with other types or settings) a number: `Linear#2`. The order of printing decides the numbers: the model
 * first, then blocks in the order in which they are first called, then layers (they have weights and call nothing), then
 * what only makes constants.
 */
import { calledBy, constantsOf } from './callees.ts';
import type { Graph } from './graph.ts';

export interface Sections {
  /** the root first */
  readonly blocks: readonly Graph[];
  readonly layers: readonly Graph[];
  readonly constants: readonly Graph[];
}

const isLayer = (graph: Graph): boolean =>
  calledBy(graph).length === 0 && (graph.owns.length > 0 || graph.borrows === true);

/** Callers before callees, in the order of first calls. */
function inOrderOfCalls(roots: readonly Graph[], next: (graph: Graph) => readonly Graph[]): Graph[] {
  const seen = new Set<Graph>();
  const stack = [...roots].reverse();
  while (stack.length > 0) {
    const graph = stack.pop()!;
    if (seen.has(graph)) continue;
    seen.add(graph);
    for (const other of [...next(graph)].reverse()) stack.push(other);
  }
  return [...seen];
}

export function sectionsOf(root: Graph): Sections {
  const called = inOrderOfCalls([root], calledBy);
  const running = new Set(called);
  const closed = inOrderOfCalls(
    called.flatMap((graph) => constantsOf(graph)),
    (graph) => [...calledBy(graph), ...constantsOf(graph)],
  );
  return {
    blocks: called.filter((graph) => graph === root || !isLayer(graph)),
    layers: called.filter((graph) => graph !== root && isLayer(graph)),
    constants: closed.filter((graph) => !running.has(graph)),
  };
}

/** A name as it stands in IR text: quoted where it is not made of letters, digits, `_`, `-` and dots. */
export const showName = (name: string): string => (/^[\w-][\w.-]*$/.test(name) ? name : JSON.stringify(name));

const known = new WeakMap<Graph, ReadonlyMap<Graph, string>>();

/** A label for every graph that `root` is made of. */
export function labelsOf(root: Graph): ReadonlyMap<Graph, string> {
  let labels = known.get(root);
  if (labels === undefined) {
    const { blocks, layers, constants } = sectionsOf(root);
    const byName = new Map<string, Graph[]>();
    for (const graph of [...blocks, ...layers, ...constants]) {
      const same = byName.get(graph.name);
      if (same === undefined) byName.set(graph.name, [graph]);
      else same.push(graph);
    }
    const made = new Map<Graph, string>();
    for (const [name, graphs] of byName) {
      graphs.forEach((graph, index) => {
        made.set(graph, graphs.length === 1 ? showName(name) : `${showName(name)}#${index + 1}`);
      });
    }
    known.set(root, (labels = made));
  }
  return labels;
}
