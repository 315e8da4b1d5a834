/** Places for the boxes and arrows of a scene, found by ELK's layered algorithm. ELK is loaded when it is first needed. */
import type { ElkExtendedEdge, ElkNode, ElkPort } from 'elkjs/lib/elk-api.js';
import type { Scene, SceneGroup, SceneNode } from './scene.ts';
import { textWidth } from './text-width.ts';

export const FONT = { title: 13, line: 10.5, label: 9.5, head: 20 } as const;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedNode extends Box {
  readonly node: SceneNode;
  /** the middle of the text of a closed box; where it begins in an open one, beside the arrows that come in */
  readonly textX: number;
}

export interface PlacedArrow {
  readonly points: readonly (readonly [number, number])[];
  readonly label?: { readonly text: string; readonly x: number; readonly y: number; readonly width: number };
}

export interface PlacedPort {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly side: 'in' | 'out';
}

/** Parents before what is in them; all coordinates from the top left of the picture. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly ports: readonly PlacedPort[];
  readonly arrows: readonly PlacedArrow[];
}

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.spacing.nodeNodeBetweenLayers': '22',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.spacing.nodeNode': '22',
  'elk.spacing.edgeNode': '12',
  'elk.spacing.edgeEdge': '9',
  'elk.spacing.edgeLabel': '3',
  'elk.randomSeed': '1',
} as const;

const headWidth = ({ title, lines }: SceneNode): number =>
  Math.max(textWidth(title, FONT.title) * 1.04, ...lines.map((line) => textWidth(line, FONT.line)));

/** The first gap between arrows from above that has room for the text. */
function headStart(node: SceneNode, width: number, entries: readonly number[]): number {
  const needed = headWidth(node);
  const arrows = [...entries].sort((a, b) => a - b);
  const starts = [12, ...arrows.map((x) => x + 18)];
  return starts.find((start, index) => (arrows[index] ?? width) - 6 - start >= needed) ?? 12;
}

/** The size of a closed box. */
function boxSize(node: SceneNode): { width: number; height: number } {
  const { kind, title, lines } = node;
  if (kind === 'op' && title.length === 1 && lines.length === 0) return { width: 26, height: 26 };
  return { width: Math.ceil(headWidth(node) + 22), height: 26 + 14 * lines.length };
}

function elkNode(node: SceneNode): ElkNode {
  const { id, inside } = node;
  if (inside === undefined) return { id, ...boxSize(node) };
  const ports = (list: SceneGroup['inputs'], side: string): ElkPort[] =>
    list.map((port) => ({ id: port.id, width: 1, height: 1, layoutOptions: { 'elk.port.side': side } }));
  const head = 30 + 14 * node.lines.length;
  return {
    id,
    ...elkGroup(inside),
    ports: [...ports(inside.inputs, 'NORTH'), ...ports(inside.outputs, 'SOUTH')],
    layoutOptions: {
      'elk.portConstraints': 'FIXED_SIDE',
      'elk.padding': `[top=${head + 12},left=16,bottom=20,right=16]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      // height and width: for layouts that go down, ELK reads it before it turns the picture
      'elk.nodeSize.minimum': `(${head}, ${Math.ceil(2 * headWidth(node) + 60)})`,
    },
  };
}

function elkGroup(group: SceneGroup): Pick<ElkNode, 'children' | 'edges'> {
  const edges = group.edges.map(({ from, to, label }, index): ElkExtendedEdge => {
    const labels =
      label === undefined ? [] : [{ text: label, width: Math.ceil(textWidth(label, FONT.label)) + 4, height: 12 }];
    return { id: `${from} ${to} ${index}`, sources: [from], targets: [to], labels };
  });
  return { children: group.nodes.map(elkNode), edges };
}

export async function layoutOf({ root }: Scene): Promise<Layout> {
  const { default: bundle } = await import('elkjs/lib/elk.bundled.js');
  const elk = new bundle.default();
  const whole: ElkNode = { id: 'scene', layoutOptions: OPTIONS, ...elkGroup(root) };
  const placed: ElkNode = await elk.layout(whole);

  const nodes: PlacedNode[] = [];
  const ports: PlacedPort[] = [];
  const arrows: PlacedArrow[] = [];
  const visit = (group: SceneGroup, at: ElkNode, x: number, y: number) => {
    for (const edge of at.edges ?? []) {
      for (const { startPoint, bendPoints = [], endPoint } of edge.sections ?? []) {
        const points = [startPoint, ...bendPoints, endPoint].map((point) => [point.x + x, point.y + y] as const);
        const [label] = edge.labels ?? [];
        const text = label?.text;
        arrows.push(
          label === undefined || text === undefined
            ? { points }
            : { points, label: { text, x: label.x! + x, y: label.y! + y, width: label.width! } },
        );
      }
    }
    for (const [index, child] of (at.children ?? []).entries()) {
      const node = group.nodes[index]!;
      const left = child.x! + x;
      const above = child.y! + y;
      const box = { node, x: left, y: above, width: child.width!, height: child.height! };
      if (node.inside === undefined) {
        nodes.push({ ...box, textX: left + box.width / 2 });
        continue;
      }
      const entries = child.ports!.slice(0, node.inside.inputs.length).map((port) => port.x!);
      nodes.push({ ...box, textX: left + headStart(node, box.width, entries) });
      for (const [number, port] of [...node.inside.inputs, ...node.inside.outputs].entries()) {
        const spot = child.ports![number]!;
        const side = number < node.inside.inputs.length ? 'in' : 'out';
        ports.push({ name: port.name, x: spot.x! + left + 0.5, y: spot.y! + above + 0.5, side });
      }
      visit(node.inside, child, left, above);
    }
  };
  visit(root, placed, 0, 0);
  return { width: placed.width!, height: placed.height!, nodes, ports, arrows };
}
