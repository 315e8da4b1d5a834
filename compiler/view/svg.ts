/**
 * A graph as a picture for a talk or a page: SVG that needs nothing else. Names come from specs, which may be anybody's:
 * every text is escaped, and nothing in it is a link, a script or a style of theirs.
 */
import type { Graph } from '../ir/graph.ts';
import { FONT, type Layout, layoutOf, type PlacedArrow, type PlacedNode, type PlacedPort } from './layout.ts';
import { countBoxes, type Scene, type SceneOptions, sceneOf } from './scene.ts';
import { textWidth } from './text-width.ts';

/** Nobody reads more boxes at a time; who asks for a depth may have them, until layout takes minutes. */
const READABLE_BOXES = 200;
const MOST_BOXES = 1500;
const MARGIN = 24;

/** The picture; with fewer levels open than asked for where there would be too many boxes. */
export async function svgOf(graph: Graph, options: SceneOptions = {}): Promise<string | { readonly problem: string }> {
  let depth = options.depth ?? 1;
  let scene = sceneOf(graph, { depth });
  const most = options.depth === undefined ? READABLE_BOXES : MOST_BOXES;
  while (countBoxes(scene.root) > most && depth > 0) scene = sceneOf(graph, { depth: (depth -= 1) });
  const boxes = countBoxes(scene.root);
  if (boxes > MOST_BOXES) {
    return {
      problem: `a picture of ${graph.name} would have ${boxes} boxes, more than ${MOST_BOXES}: take the text or the JSON`,
    };
  }
  return draw(scene, await layoutOf(scene));
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Whether XML 1.0 allows a code point: no control characters, no halves of surrogate pairs. */
const isXml = (code: number): boolean =>
  code === 9 ||
  code === 10 ||
  code === 13 ||
  (code >= 0x20 && code < 0xd800) ||
  (code > 0xdfff && code !== 0xfffe && code !== 0xffff);

/** Text for XML; what XML cannot hold becomes a replacement character. */
export const escapeXml = (text: string): string =>
  [...text]
    .map((character) => (isXml(character.codePointAt(0)!) ? (ESCAPES[character] ?? character) : '\ufffd'))
    .join('');

const round = (value: number): string => String(Math.round(value * 10) / 10);

const STYLE = `
  text { font-family: Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif; fill: #1f2933; }
  .head { font-size: ${FONT.head}px; font-weight: 600; }
  .sub { font-size: ${FONT.line}px; fill: #6b7280; }
  .title { font-size: ${FONT.title}px; font-weight: 600; }
  .light { font-weight: 400; }
  .line { font-size: ${FONT.line}px; fill: #52606d; }
  .label, .port { font-size: ${FONT.label}px; fill: #52606d; }
  .port { font-style: italic; }
  .label, .halo { paint-order: stroke; stroke: #f6f8fa; stroke-width: 3px; }
  .box { stroke: #8795a5; stroke-width: 1; fill: #ffffff; }
  .group { fill: #52667a; fill-opacity: 0.05; stroke: #9aa8b7; }
  .block { fill: #e8ecf1; }
  .layer { fill: #d9e6f6; stroke: #6c8ebf; }
  .weight { fill: #fdf1d3; stroke: #c9a94e; }
  .constant { fill: #f3f3f1; stroke: #a8a49a; }
  .input, .output { fill: #dff0e0; stroke: #6fa374; }
  .arrow { fill: none; stroke: #5f6f80; stroke-width: 1.2; }
  .tip { fill: #5f6f80; }
`;

function draw({ title, subtitle }: Scene, layout: Layout): string {
  const head = 58;
  const subtitles = wrapped(subtitle, Math.max(layout.width, 420));
  const top = head + 14 * (subtitles.length - 1);
  const width = Math.max(layout.width, ...subtitles.map((line) => textWidth(line, FONT.line)), 420) + 2 * MARGIN;
  const height = layout.height + top + 2 * MARGIN;
  const left = (width - layout.width) / 2;
  const named = escapeXml(title);
  const open = layout.nodes.filter(({ node }) => node.inside !== undefined);
  const closed = layout.nodes.filter(({ node }) => node.inside === undefined);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" viewBox="0 0 ${round(width)} ${round(height)}" role="img" aria-label="${named}">`,
    `<title>${named}</title>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 0.8 L8 4 L0 7.2 z"/></marker></defs>',
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text class="head" x="${MARGIN}" y="${MARGIN + 16}">${named}</text>`,
    ...subtitles.map(
      (line, index) => `<text class="sub" x="${MARGIN}" y="${MARGIN + 36 + 14 * index}">${escapeXml(line)}</text>`,
    ),
    `<g transform="translate(${round(left)} ${round(top + MARGIN)})">`,
    ...open.map(drawBox),
    ...layout.arrows.map(drawArrow),
    ...closed.map(drawBox),
    ...layout.nodes.map(drawText),
    ...layout.ports.map(drawPort),
    ...layout.arrows.map(drawLabel),
    '</g>',
    '</svg>',
    '',
  ]
    .filter((line, index, all) => line !== '' || index === all.length - 1)
    .join('\n');
}

/** A list in words, over as many lines as it takes. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines[lines.length - 1];
    if (last !== undefined && textWidth(`${last} ${word}`, FONT.line) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

function drawBox({ node: { kind, inside }, x, y, width, height }: PlacedNode): string {
  const pill = kind === 'op' || kind === 'input' || kind === 'output';
  const corner = pill ? Math.min(13, height / 2) : inside === undefined ? 4 : 8;
  return `<rect class="box ${inside === undefined ? kind : 'group'}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="${round(corner)}"/>`;
}

/** Title and lines: in the middle of a closed box, in the corner of an open one. */
function drawText({ node: { kind, title, lines, inside }, textX, y }: PlacedNode): string {
  const [down, anchor] = inside === undefined ? [y + 17.5, 'middle'] : [y + 20, 'start'];
  const say = (name: string, text: string, at: number) =>
    `<text class="${name}" x="${round(textX)}" y="${round(at)}" text-anchor="${anchor}">${escapeXml(text)}</text>`;
  const head = kind === 'op' ? 'title light' : inside === undefined ? 'title' : 'title halo';
  return [
    say(head, title, down),
    ...lines.map((line, index) => say(inside === undefined ? 'line' : 'line halo', line, down + 14.5 + 14 * index)),
  ].join('');
}

/** Straight pieces with rounded corners. */
function drawArrow({ points }: PlacedArrow): string {
  const [first, ...rest] = points;
  let path = `M${round(first![0])} ${round(first![1])}`;
  for (const [index, [x, y]] of rest.entries()) {
    const next = rest[index + 1];
    if (next === undefined) {
      path += ` L${round(x)} ${round(y)}`;
      continue;
    }
    const before = index === 0 ? first! : rest[index - 1]!;
    const [fromX, fromY] = toward([x, y], before, 6);
    const [toX, toY] = toward([x, y], next, 6);
    path += ` L${round(fromX)} ${round(fromY)} Q${round(x)} ${round(y)} ${round(toX)} ${round(toY)}`;
  }
  return `<path class="arrow" d="${path}" marker-end="url(#tip)"/>`;
}

type Point = readonly [number, number];

function toward([x, y]: Point, [toX, toY]: Point, distance: number): Point {
  const length = Math.hypot(toX - x, toY - y);
  const part = length === 0 ? 0 : Math.min(distance, length / 2) / length;
  return [x + (toX - x) * part, y + (toY - y) * part];
}

const drawLabel = ({ label }: PlacedArrow): string =>
  label === undefined
    ? ''
    : `<text class="label" x="${round(label.x + 2)}" y="${round(label.y + 9)}">${escapeXml(label.text)}</text>`;

const drawPort = ({ name, x, y, side }: PlacedPort): string =>
  name === ''
    ? ''
    : `<text class="port" x="${round(x + 4)}" y="${round(side === 'in' ? y + 11 : y - 4)}">${escapeXml(name)}</text>`;
