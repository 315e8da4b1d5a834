import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createBuilder } from '../../compiler/ir/builder.ts';
import type { Graph } from '../../compiler/ir/graph.ts';
import { isReadProblem, readGraph } from '../../compiler/ir/read.ts';
import { f32 } from '../../compiler/ir/type.ts';
import { runPasses } from '../../compiler/passes/pipeline.ts';
import { dotOf } from '../../compiler/view/dot.ts';
import { layoutOf } from '../../compiler/view/layout.ts';
import { countBoxes, type Scene, type SceneGroup, sceneOf } from '../../compiler/view/scene.ts';
import { escapeXml, svgOf } from '../../compiler/view/svg.ts';
import { randomGraph } from '../ir/random-graph.ts';
import { shippedModel } from '../ir/spec-model.ts';

function read(text: string): Graph {
  const graph = readGraph(text);
  if (isReadProblem(graph)) throw new Error(`${graph.line}: ${graph.problem}`);
  return graph;
}

/** A scene as lines: boxes with what is in them, then arrows by the titles of their ends. */
function outline({ root }: Scene): string {
  const titles = new Map<string, string>();
  const name = (id: string) => titles.get(id) ?? id;
  const show = (group: SceneGroup, indent: string): string[] => {
    for (const { id, title } of group.nodes) titles.set(id, title);
    for (const { id, name: port } of [...group.inputs, ...group.outputs]) titles.set(id, `(${port})`);
    const boxes = group.nodes.flatMap(({ kind, title, lines, inside }) => [
      `${indent}${kind} ${[title, ...lines].join(' / ')}`,
      ...(inside === undefined ? [] : show(inside, `${indent}  `)),
    ]);
    return [
      ...boxes,
      ...group.edges.map(
        ({ from, to, label }) => `${indent}${name(from)} -> ${name(to)}${label === undefined ? '' : `: ${label}`}`,
      ),
    ];
  };
  return show(root, '').join('\n');
}

const LAYER = `graph Linear
  input %0 x: [N, 4]
  param weight: [4, 4] = 0
  %1: [N, 4] = einsum %0, @weight {pattern: "n i, o i -> n o"}
  return %1
`;
const CHAIN = read(
  `graph M
  input %0 x: [N, 4] image
  input %1 c: [N, 4]
  %2: [N, 1, 4] = rearrange %1 {pattern: "n d -> n 1 d"}
  %3 shift: [N, 1, 2] = slice %2 {axis: 2, end: 2, start: 0}
  %4 scale: [N, 1, 2] = slice %2 {axis: 2, end: 4, start: 2}
  %5 mod: [N, 1, 2] = add %3, %4
  %6 h: [N, 4] = call Block(%0, %5) as blocks.0
  %7 h: [N, 4] = call Block(%6, %5) as blocks.1
  %8 h: [N, 4] = call Block(%7, %5) as blocks.2
  %9: [N, 4] = call f(%8)
  %10: [N, 4] = mul 0.125, %9
  return eps: %10
graph Block
  input %0 x: [N, 4]
  input %1 mod: [N, 1, 2]
  frozen table: [1, 4] = 0
  %2: [N, 4] = call Linear(%0) as fc
  %3: [N, 4] = add %2, @table
  return %3
${LAYER}graph f
  input %0 x: [N, 4]
  %1: [N, 4] = neg %0
  return %1
`,
);

test('a chain is one block, slices are one split, axes of 1 are silent, numbers stand in ops', () => {
  assert.is(
    outline(sceneOf(CHAIN)),
    `input x / image[N, 4]
input c / [N, 4]
op split 2
op +
block Block × 3 / blocks.0 … blocks.2
  layer Linear / fc / weight [4, 4]
  weight table / frozen [1, 4]
  op +
  (x) -> Linear
  Linear -> +
  table -> +
  + -> ()
block f
op 0.125 × x
output eps / [N, 4]
c -> split 2
split 2 -> +: shift, scale [N, 1, 2]
x -> (x)
+ -> (mod): mod [N, 1, 2]
() -> f: h [N, 4]
f -> 0.125 × x
0.125 × x -> eps`,
  );
});

test('levels open one after the other', () => {
  const boxes = (depth: number) => countBoxes(sceneOf(CHAIN, { depth }).root);
  // inputs, split, +, Block, f, ×, output; then the table, Linear and + inside of Block; then neg inside of f
  assert.equal([boxes(0), boxes(1), boxes(2), boxes(3)], [8, 11, 12, 12]);
});

test('the figure of DiT: one block × 12 in the backbone, with its six parts of the modulation', () => {
  const text = outline(sceneOf(runPasses(shippedModel('dit.dit', 'DiT-S/2').inference)));
  for (const line of [
    '  block AdaLNZeroBlock × 12 / blocks.0 … blocks.11',
    '    layer Linear / adaLN_modulation.1 / weight [2304, 384] / bias [2304]',
    '    op split 6',
    '    split 6 -> modulate: shift1, scale1 [N, 1, 384]',
    '  weight pos_embed / frozen [1, 256, 384]',
  ])
    assert.ok(text.split('\n').includes(line), line);
});

test('a long skip goes from one chain to the other', () => {
  const text = outline(sceneOf(runPasses(shippedModel('uvit.dit', 'U-ViT-S/2-cifar10').inference)));
  for (const title of [
    'Block × 6 / in_blocks.0 … in_blocks.5',
    'Block / mid_block',
    'Block × 6 / out_blocks.0 … out_blocks.5',
  ])
    assert.ok(text.includes(`block ${title}\n`), title);
  assert.match(text, /^\(\) -> \(skip\)/m);
});

/** Arrows of scenes end at something that is there. */
function ends(group: SceneGroup, seen: Set<string>): void {
  const here = new Set([...group.inputs, ...group.outputs].map(({ id }) => id));
  for (const { id, inside } of group.nodes) {
    assert.not.ok(seen.has(id), `${id} is there twice`);
    seen.add(id);
    if (inside === undefined) here.add(id);
    else {
      for (const port of [...inside.inputs, ...inside.outputs]) here.add(port.id);
      ends(inside, seen);
    }
  }
  for (const { from, to } of group.edges) assert.ok(here.has(from) && here.has(to), `${from} -> ${to}`);
}

test('scenes of random graphs hang together, at every depth', () => {
  for (let seed = 0; seed < 60; seed++)
    for (const depth of [0, 1, 5]) ends(sceneOf(randomGraph(seed), { depth }).root, new Set());
});

/** Tags of a text that is XML, or a failure. */
function tagsOf(xml: string): string[] {
  const open: string[] = [];
  const names: string[] = [];
  let rest = xml;
  while (rest !== '') {
    const part = /^(?:<(\/?)([a-zA-Z]+)((?: [\w-]+="[^"<]*")*)(\/?)>|[^<>]+)/.exec(rest);
    assert.ok(part, `no XML: ${rest.slice(0, 60)}`);
    rest = rest.slice(part[0].length);
    assert.not.match(part[0].replaceAll(/&(amp|lt|gt|quot|#39);/g, ''), /&/);
    const [, closes, name, , empty] = part;
    if (name === undefined) continue;
    names.push(name);
    if (closes) assert.is(open.pop(), name);
    else if (!empty) open.push(name);
  }
  assert.equal(open, []);
  return names;
}

const EVIL = `"'><script>alert(1)</script>&amp;\\N{}\u0000\ud800]]>\n//`;

function evil(): Graph {
  const inner = createBuilder();
  const x = inner.input(EVIL, f32(2));
  const weight = { path: EVIL, type: f32(2), trained: true, init: { kind: 'fill', value: 0 } } as const;
  inner.own({ kind: 'weight', weight, shared: false });
  const call = createBuilder();
  const block = inner.finish([{ name: EVIL, value: inner.op('add', [x, inner.weight(weight)]) }], {
    name: EVIL,
    settings: EVIL,
  });
  const middle = createBuilder();
  const at = middle.input(EVIL, f32(2));
  const within = middle.call(block, [at], EVIL)[0]!;
  middle.own({ kind: 'call', callee: block, prefix: EVIL, shared: false });
  const group = middle.finish([{ name: EVIL, value: within }], { name: EVIL });
  const y = call.call(group, [call.input(EVIL, f32(2))], EVIL)[0]!;
  call.own({ kind: 'call', callee: group, prefix: EVIL, shared: false });
  call.nameValue(y, EVIL);
  return call.finish([{ name: EVIL, value: y }], { name: EVIL, settings: EVIL });
}

test('names cannot become SVG', async () => {
  const svg = await svgOf(evil(), { depth: 9 });
  if (typeof svg !== 'string') throw new Error(svg.problem);
  const tags = new Set(tagsOf(svg));
  assert.equal([...tags].sort(), ['defs', 'g', 'marker', 'path', 'rect', 'style', 'svg', 'text', 'title']);
  for (const wrong of ['\u0000', '\ud800']) assert.not.ok(svg.includes(wrong));
});

test('names cannot become DOT', () => {
  const dot = dotOf(evil(), { depth: 9 });
  // outside of strings there is nothing but the language
  const bare = dot.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
  assert.not.match(bare, /script|alert|amp/);
  assert.match(dot, /\\"'><script>/);
});

test('XML escapes', () => {
  assert.is(escapeXml(`<a href="x">'&'</a>`), '&lt;a href=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/a&gt;');
  assert.is(escapeXml('a\u0001b\ud800c\uffff😀'), 'a\ufffdb\ufffdc\ufffd😀');
});

test('boxes do not lie on each other, and open ones hold theirs', async () => {
  const { nodes, width, height } = await layoutOf(sceneOf(runPasses(shippedModel('dit.dit', 'DiT-S/2').inference)));
  const closed = nodes.filter(({ node }) => node.inside === undefined);
  const apart = (a: (typeof nodes)[0], b: (typeof nodes)[0]) =>
    a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
  for (const [index, a] of closed.entries()) {
    assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height, a.node.title);
    for (const b of closed.slice(index + 1)) assert.ok(apart(a, b), `${a.node.title} on ${b.node.title}`);
  }
  for (const outer of nodes.filter(({ node }) => node.inside !== undefined)) {
    for (const inner of nodes.filter(({ node }) => outer.node.inside!.nodes.includes(node))) {
      assert.ok(
        inner.x >= outer.x &&
          inner.y >= outer.y &&
          inner.x + inner.width <= outer.x + outer.width &&
          inner.y + inner.height <= outer.y + outer.height,
      );
    }
  }
});

test('the same picture twice', async () => {
  const graph = CHAIN;
  assert.is(await svgOf(graph), await svgOf(graph));
});

test('a graph too large for a picture is refused', async () => {
  const lines = Array.from({ length: 1600 }, (_, index) => `  %${index + 1}: [N] = neg %${index}\n`).join('');
  const svg = await svgOf(read(`graph M\n  input %0 x: [N]\n${lines}  return %1600\n`));
  assert.match(typeof svg === 'string' ? svg : svg.problem, /^a picture of M would have 1602 boxes, more than 1500/);
});

test.run();
