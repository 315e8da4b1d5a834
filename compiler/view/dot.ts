/** A scene for Graphviz: open blocks are clusters. All text is quoted, so names from a spec cannot become DOT. */
import type { Graph } from '../ir/graph.ts';
import { type Port, type Scene, type SceneGroup, type SceneNode, type SceneOptions, sceneOf } from './scene.ts';

export const dotOf = (graph: Graph, options: SceneOptions = {}): string => showScene(sceneOf(graph, options));

const STYLES: Readonly<Record<SceneNode['kind'], string>> = {
  input: 'shape=box, style="rounded,filled", fillcolor="#e3f1e4"',
  output: 'shape=box, style="rounded,filled", fillcolor="#e3f1e4"',
  op: 'shape=box, style="rounded,filled", fillcolor="#ffffff"',
  layer: 'shape=box, style=filled, fillcolor="#dce8f7"',
  block: 'shape=box, style=filled, fillcolor="#eef1f5"',
  weight: 'shape=note, style=filled, fillcolor="#f7efd9"',
  constant: 'shape=note, style=filled, fillcolor="#f3f3f3"',
};

/** A DOT string; `\l` and the like are no escapes in it. */
const quote = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n').replaceAll('\r', '')}"`;

function showScene({ title, subtitle, root }: Scene): string {
  const lines = [
    `digraph ${quote(title)} {`,
    `  graph [rankdir=TB, fontname="Helvetica", labelloc=t, label=${quote(`${title}\n${subtitle}`)}];`,
    '  node [fontname="Helvetica", fontsize=11];',
    '  edge [fontname="Helvetica", fontsize=9, color="#6b7280"];',
    ...showGroup(root, '  '),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function showGroup(group: SceneGroup, indent: string): string[] {
  const ports = [...group.inputs, ...group.outputs].map((port) => `${indent}${quote(port.id)} ${portStyle(port)};`);
  const nodes = group.nodes.flatMap((node) => showNode(node, indent));
  const edges = group.edges.map(({ from, to, label }) => {
    const said = label === undefined ? '' : ` [label=${quote(label)}]`;
    return `${indent}${quote(from)} -> ${quote(to)}${said};`;
  });
  return [...ports, ...nodes, ...edges];
}

const portStyle = ({ name }: Port): string =>
  name === '' ? '[shape=point]' : `[shape=plaintext, fontsize=9, label=${quote(name)}]`;

function showNode({ id, kind, title, lines, inside }: SceneNode, indent: string): string[] {
  const label = quote([title, ...lines].join('\n'));
  if (inside === undefined) return [`${indent}${quote(id)} [label=${label}, ${STYLES[kind]}];`];
  return [
    `${indent}subgraph ${quote(`cluster ${id}`)} {`,
    `${indent}  graph [label=${label}, style="rounded,filled", fillcolor="#f8fafc", color="#94a3b8"];`,
    ...showGroup(inside, `${indent}  `),
    `${indent}}`,
  ];
}
