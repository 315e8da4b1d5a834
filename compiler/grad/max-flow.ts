/** Maximum flow by blocking flows along shortest paths (Dinitz 1970), without recursion. */
export interface Network {
  connect(from: number, to: number, capacity: number): void;
  /** sends as much as there is room for */
  fill(source: number, sink: number): void;
  /** for each node whether more could still flow from it to the sink */
  reaching(sink: number): Uint8Array;
}

/** Edges 2e and 2e + 1 are there and back. */
export function createNetwork(nodes: number): Network {
  const edges: number[][] = Array.from({ length: nodes }, () => []);
  const heads: number[] = [];
  const room: number[] = [];

  /** Steps from each node to the sink over edges with room; −1 where it is out of reach. */
  const distances = (sink: number): Int32Array => {
    const steps = new Int32Array(nodes).fill(-1);
    steps[sink] = 0;
    const queue = [sink];
    for (const at of queue) {
      for (const edge of edges[at]!) {
        const from = heads[edge]!;
        if (steps[from] !== -1 || room[edge ^ 1]! <= 0) continue;
        steps[from] = steps[at]! + 1;
        queue.push(from);
      }
    }
    return steps;
  };

  /** Fills all shortest paths. `next` remembers which edges of a node are spent. */
  const block = (source: number, sink: number, steps: Int32Array): void => {
    const next = new Int32Array(nodes);
    const path: number[] = [];
    let at = source;
    for (;;) {
      if (at === sink) {
        const flow = path.reduce((least, edge) => Math.min(least, room[edge]!), Infinity);
        for (const edge of path) {
          room[edge]! -= flow;
          room[edge ^ 1]! += flow;
        }
        path.length = 0;
        at = source;
      }
      const edge = edges[at]![next[at]!];
      if (edge === undefined) {
        const last = path.pop();
        if (last === undefined) return;
        at = heads[last ^ 1]!;
        next[at]!++;
      } else if (room[edge]! > 0 && steps[heads[edge]!] === steps[at]! - 1) {
        path.push(edge);
        at = heads[edge]!;
      } else next[at]!++;
    }
  };

  return {
    connect(from, to, capacity) {
      if (capacity === 0) return;
      edges[from]!.push(heads.push(to) - 1);
      edges[to]!.push(heads.push(from) - 1);
      room.push(capacity, 0);
    },
    fill(source, sink) {
      for (let steps = distances(sink); steps[source]! >= 0; steps = distances(sink)) block(source, sink, steps);
    },
    reaching: (sink) => Uint8Array.from(distances(sink), (steps) => (steps >= 0 ? 1 : 0)),
  };
}
