/**
 * Which values to keep and which to make again, at the least cost: a minimum cut, found as a maximum flow along shortest
 * paths (Edmonds & Karp 1972). A vertex is split into an edge that costs what keeping it costs; making it again needs all
 * that it is made from, and costs an edge from the source. Of equal cuts it is the one nearest to what is wanted.
 */
export interface Vertex {
  /** the cost of keeping it; Infinity where it must not be kept */
  keep: number;
  /** the cost of making it again; Infinity where it can't be */
  readonly make: number;
  /** what it is made from */
  readonly from: readonly number[];
}

interface Edge {
  readonly to: number;
  capacity: number;
  readonly back: Edge;
}

/** The vertices to keep, ascending, so that all `wanted` ones are kept or made again. Each can be one or the other. */
export function minCut(vertices: readonly Vertex[], wanted: Iterable<number>): number[] {
  const sinks = new Set(wanted);
  // what is wanted and can't be made again is kept in every solution: no flow is needed to find that
  const forced = new Set([...sinks].filter((vertex) => vertices[vertex]!.make === Infinity));
  const open = reachable(vertices, sinks, forced);
  // vertex v is an edge from 2v to 2v + 1
  const source = 2 * vertices.length;
  const sink = source + 1;
  const edges = new Map<number, Edge[]>();
  const connect = (from: number, to: number, capacity: number): void => {
    if (capacity === 0) return;
    const there = { to, capacity } as Edge & { back: Edge };
    const back = { to: from, capacity: 0, back: there };
    there.back = back;
    edgesAt(edges, from).push(there);
    edgesAt(edges, to).push(back);
  };
  for (const vertex of open) {
    const { keep, make, from } = vertices[vertex]!;
    connect(2 * vertex, 2 * vertex + 1, keep);
    connect(source, 2 * vertex, make);
    for (const part of new Set(from)) if (open.has(part)) connect(2 * part + 1, 2 * vertex, Infinity);
    if (sinks.has(vertex)) connect(2 * vertex + 1, sink, Infinity);
  }
  for (let path = shortestPath(edges, sink, source); path !== undefined; path = shortestPath(edges, sink, source)) {
    const flow = Math.min(...path.map(({ capacity }) => capacity));
    for (const edge of path) {
      edge.capacity -= flow;
      edge.back.capacity += flow;
    }
  }
  const reaches = reachingSink(edges, sink);
  const cut = [...open].filter((vertex) => !reaches.has(2 * vertex) && reaches.has(2 * vertex + 1));
  return [...forced, ...cut].sort((a, b) => a - b);
}

const edgesAt = (edges: Map<number, Edge[]>, at: number): Edge[] => {
  let list = edges.get(at);
  if (list === undefined) edges.set(at, (list = []));
  return list;
};

/** What making the wanted ones again may need, but for those that are kept in any case. */
function reachable(vertices: readonly Vertex[], sinks: Iterable<number>, forced: ReadonlySet<number>): Set<number> {
  const open = new Set([...sinks].filter((vertex) => !forced.has(vertex)));
  for (const vertex of open) {
    if (vertices[vertex]!.make === Infinity) continue;
    for (const part of vertices[vertex]!.from) if (!forced.has(part)) open.add(part);
  }
  return open;
}

/** Searched from the sink, since most of what there is leads nowhere. */
function shortestPath(edges: ReadonlyMap<number, readonly Edge[]>, sink: number, source: number): Edge[] | undefined {
  const via = new Map<number, Edge | undefined>([[sink, undefined]]);
  const queue = [sink];
  for (const at of queue) {
    for (const { to: from, back: edge } of edges.get(at) ?? []) {
      if (edge.capacity <= 0 || via.has(from)) continue;
      via.set(from, edge);
      if (from !== source) queue.push(from);
      else {
        const path: Edge[] = [];
        for (let step = via.get(source); step !== undefined; step = via.get(step.to)) path.push(step);
        return path;
      }
    }
  }
  return undefined;
}

/** From where more could still flow to the sink. */
function reachingSink(edges: ReadonlyMap<number, readonly Edge[]>, sink: number): Set<number> {
  const reaches = new Set([sink]);
  for (const at of reaches) for (const { to, back } of edges.get(at) ?? []) if (back.capacity > 0) reaches.add(to);
  return reaches;
}
