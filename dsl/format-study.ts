/** Presets, recipes and grids in canonical form. */
import type { Comments } from './format-comments.ts';
import { argsDoc, braces, exprDoc, quote } from './format-expression.ts';
import { concat, type Doc, group, hardline, indent, line } from './layout.ts';
import type { Axis, Entry, Fact, Grid, Name, Point, Preset, Recipe, Tolerance, Vary } from './tree.ts';

export function presetDoc(comments: Comments, decl: Preset): Doc {
  const head = concat('preset ', quote(decl.name.text), ' = ', pointDoc(comments, decl.point));
  if (decl.expect.length === 0) return head;
  const from = decl.point.span.end;
  const word = comments.seek(from, 'expect');
  const facts = braces(comments, decl.expect, word === from ? word : word + 6, decl.span.end, (fact) =>
    factDoc(comments, fact),
  );
  if (comments.breaks(from, word)) return concat(head, indent(hardline, 'expect ', facts));
  if (typeof facts !== 'string' && facts.hard) return concat(head, ' expect ', facts);
  return group(head, indent(line, 'expect ', facts));
}

function factDoc(comments: Comments, fact: Fact): Doc {
  const tolerance = fact.tolerance ? ` ${toleranceText(fact.tolerance)}` : '';
  return concat(fact.name.text, ': ', exprDoc(comments, fact.value), tolerance);
}

const toleranceText = ({ value, percent }: Tolerance) => `+- ${value.raw}${percent ? '%' : ''}`;

function pointDoc(comments: Comments, point: Point): Doc {
  const of = point.ofPreset ? quote(point.of.text) : point.of.text;
  const called =
    point.args.length > 0 || comments.seek(point.of.span.end, '(') !== point.of.span.end || hasParens(point);
  return called ? concat(of, argsDoc(comments, point.args, point.of.span.end, point.span.end)) : of;
}

/** `DiT()` and `DiT` are one tree; the parentheses show in the span alone. */
const hasParens = (point: Point) => point.span.end > point.of.span.end;

export function recipeDoc(comments: Comments, decl: Recipe): Doc {
  const of = decl.of ? ` of ${decl.of.text}` : '';
  const from = decl.of?.span.end ?? decl.name.span.end;
  const entries = braces(comments, decl.entries, from, decl.span.end, (entry) => entryDoc(comments, entry));
  return concat('recipe ', decl.name.text, of, ' ', entries);
}

function entryDoc(comments: Comments, entry: Entry): Doc {
  const { name, value } = entry;
  if (value.kind !== 'entries') return concat(name.text, ': ', exprDoc(comments, value));
  const inner = braces(comments, value.entries, value.span.start, value.span.end, (one) => entryDoc(comments, one));
  return concat(name.text, ': ', inner);
}

export function gridDoc(comments: Comments, decl: Grid): Doc {
  const recipe = decl.with ? ` with ${decl.with.text}` : '';
  const from = decl.with?.span.end ?? decl.of.span.end;
  const varies = braces(comments, decl.varies, from, decl.span.end, (vary) => varyDoc(comments, vary));
  return concat('grid ', decl.name.text, ' of ', pointDoc(comments, decl.of), recipe, ' ', varies);
}

const dotted = (names: readonly Name[]) => names.map((name) => name.text).join('.');

const axisDoc = (comments: Comments, axis: Axis) => concat(dotted(axis.dotted), ': ', exprDoc(comments, axis.values));

function varyDoc(comments: Comments, vary: Vary): Doc {
  switch (vary.kind) {
    case 'axis':
      return axisDoc(comments, vary);
    case 'zip':
      return concat(
        'zip ',
        braces(comments, vary.axes, vary.span.start + 3, vary.span.end, (axis) => axisDoc(comments, axis)),
      );
    case 'where':
      return concat('where ', exprDoc(comments, vary.condition));
    case 'match-cost': {
      const to = vary.to ? concat(' to ', exprDoc(comments, vary.to)) : '';
      const head = concat(
        `match ${vary.fact.text} ${toleranceText(vary.tolerance)}`,
        to,
        ` by ${dotted(vary.by)} step `,
      );
      const { step } = vary;
      // a step is a number, written as one
      if (step.kind === 'binary' && step.op === '/' && step.left.kind === 'number' && step.right.kind === 'number') {
        return concat(head, `${step.left.raw}/${step.right.raw}`);
      }
      return concat(head, exprDoc(comments, step));
    }
    case 'leave_one_out':
    case 'path':
      return concat(vary.kind, ' to ', pointDoc(comments, vary.to));
  }
}
