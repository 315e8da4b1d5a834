/**
 * The cheapest set of vertices that separates what must be had from what can't be made again: a minimum vertex cut, found
 * as a maximum flow along shortest paths (Edmonds & Karp 1972). Of equal cuts it is the one nearest to the sinks.
 */
export interface CutProblem {
  /** the cost of cutting each vertex; Infinity where it must not be cut */
  readonly costs: readonly number[];
  /** for each vertex, those it is made from */
  readonly madeFrom: readonly (readonly number[])[];
  /** can't be made again: only cutting here, or after here, helps */
  readonly sources: Iterable<number>;
  /** must be had */
  readonly sinks: Iterable<number>;
}

interface Edge {
  readonly to: number;
  capacity: number;
  readonly reverse: () => Edge;
}

/** The vertices of the cut, ascending. Costs are positive; every path has a vertex that may be cut. */
export function minCut({ costs, madeFrom, sources, sinks }: CutProblem): number[] {
  // vertex v is an edge from 2v to 2v + 1
  const source = 2 * costs.length;
  const sink = source + 1;
  const edges: Edge[][] = Array.from({ length: sink + 1 }, () => []);
  const connect = (from: number, to: number, capacity: number): void => {
    const there: Edge = { to, capacity, reverse: () => back };
    const back: Edge = { to: from, capacity: 0, reverse: () => there };
    edges[from]!.push(there);
    edges[to]!.push(back);
  };
  for (const [vertex, cost] of costs.entries()) connect(2 * vertex, 2 * vertex + 1, cost);
  for (const [vertex, parts] of madeFrom.entries())
    for (const part of new Set(parts)) connect(2 * part + 1, 2 * vertex, Infinity);
  for (const vertex of new Set(sources)) connect(source, 2 * vertex, Infinity);
  for (const vertex of new Set(sinks)) connect(2 * vertex + 1, sink, Infinity);

  for (let path = shortestPath(edges, source, sink); path !== undefined; path = shortestPath(edges, source, sink)) {
    const flow = Math.min(...path.map(({ capacity }) => capacity));
    for (const edge of path) {
      edge.capacity -= flow;
      edge.reverse().capacity += flow;
    }
  }
  const reaches = reachingSink(edges, sink);
  return [...costs.keys()].filter((vertex) => !reaches.has(2 * vertex) && reaches.has(2 * vertex + 1));
}

function shortestPath(edges: readonly (readonly Edge[])[], source: number, sink: number): Edge[] | undefined {
  const via = new Map<number, Edge | undefined>([[source, undefined]]);
  const queue = [source];
  for (const at of queue) {
    for (const edge of edges[at]!) {
      if (edge.capacity <= 0 || via.has(edge.to)) continue;
      via.set(edge.to, edge);
      if (edge.to !== sink) queue.push(edge.to);
      else {
        const path: Edge[] = [];
        for (let step = via.get(sink); step !== undefined; step = via.get(step.reverse().to)) path.push(step);
        return path;
      }
    }
  }
  return undefined;
}

/** From where more could still flow to the sink. */
function reachingSink(edges: readonly (readonly Edge[])[], sink: number): Set<number> {
  const reaches = new Set([sink]);
  for (const at of reaches) for (const edge of edges[at]!) if (edge.reverse().capacity > 0) reaches.add(edge.to);
  return reaches;
}
