/**
 * Which values to keep and which to make again, at the least cost: a minimum cut, found as a maximum flow (Dinitz 1970).
 * A vertex is split into an edge that costs what keeping it costs; making it again needs all that it is made from, and
 * costs an edge from the source. Of equal cuts it is the one nearest to what is wanted.
 */
import { createNetwork, type Network } from './max-flow.ts';

export interface Vertex {
  /** the cost of keeping it; Infinity where it must not be kept */
  readonly keep: number;
  /** the cost of making it again; Infinity where it can't be */
  readonly make: number;
  /** what it is made from */
  readonly from: readonly number[];
}

/** The vertices to keep, ascending, so that all `wanted` ones are kept or made again. Each can be one or the other. */
export function minCut(vertices: readonly Vertex[], wanted: Iterable<number>): number[] {
  const sinks = new Set(wanted);
  // what is wanted and can't be made again is kept in every solution: no flow is needed to find that
  const forced = new Set([...sinks].filter((vertex) => vertices[vertex]!.make === Infinity));
  const open = [...reachable(vertices, sinks, forced)];
  const place = new Map(open.map((vertex, i) => [vertex, i]));
  // the i-th open vertex is an edge from 2i to 2i + 1
  const [source, sink] = [2 * open.length, 2 * open.length + 1];
  const network: Network = createNetwork(2 * open.length + 2);
  for (const [i, vertex] of open.entries()) {
    const { keep, make, from } = vertices[vertex]!;
    network.connect(2 * i, 2 * i + 1, keep);
    network.connect(source, 2 * i, make);
    for (const part of make === Infinity ? [] : new Set(from)) {
      if (place.has(part)) network.connect(2 * place.get(part)! + 1, 2 * i, Infinity);
    }
    if (sinks.has(vertex)) network.connect(2 * i + 1, sink, Infinity);
  }
  network.fill(source, sink);
  const reaches = network.reaching(sink);
  const cut = open.filter((_, i) => !reaches[2 * i] && reaches[2 * i + 1]);
  return [...forced, ...cut].sort((a, b) => a - b);
}

/** What making the wanted ones again may need, but for those that are kept in any case. */
function reachable(vertices: readonly Vertex[], sinks: Iterable<number>, forced: ReadonlySet<number>): Set<number> {
  const open = new Set([...sinks].filter((vertex) => !forced.has(vertex)));
  for (const vertex of open) {
    if (vertices[vertex]!.make === Infinity) continue;
    for (const part of vertices[vertex]!.from) if (!forced.has(part)) open.add(part);
  }
  return open;
}
