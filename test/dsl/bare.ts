/** A tree without what a layout may change: spans and the source. */
export function bare(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(bare);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).filter(([key, value]) => !DROPPED.has(key) && value !== undefined);
  return Object.fromEntries(entries.map(([key, value]) => [key, bare(value)]));
}

const DROPPED = new Set(['span', 'at', 'source', 'version', 'comments']);
