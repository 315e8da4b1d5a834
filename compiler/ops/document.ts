/** The reference of all ops as Markdown, made of the facts in the op files: `docs/ops.md`. */
import { z } from 'zod';
import { showNumber } from '../ir/number-text.ts';
import type { Op } from './op.ts';
import { OPS } from './registry.ts';

const INTRO = `# Ops

<!-- made by \`npm run docs:ops\` from the files of compiler/ops -->

What blocks are made of. An op has a rule for the type of its result, one for its cost, and one for its gradient; it owns no
weights. All other layers are blocks of the standard library.

**Types.** \`[N, T, D]\` is f32, \`int[N]\` int, \`bool[N]\` bool, \`[]\` a scalar; N is the batch, and a size is a number or a multiple
of N. Two operands *broadcast* when they have the same number of axes and each axis is equal in both, or 1 in one of them; scalars
go with everything. An int passes for f32 and becomes f32 beside one; a bool does neither, except by \`where(condition, 1, 0)\`.
As far as f32 holds them, to 2²⁴, ints are exact on every engine.

**Cost.** A MAC is one multiplication and one addition of \`einsum\`, \`conv2d\`, \`conv2d_input\` or \`conv2d_weight\`; other ops have
none. A FLOP is one addition, subtraction, negation, multiplication, division, comparison or choice, or one value of an elementary
function (exp, log, √, sin, cos, tanh, erf, a power); a MAC is two. The sum of n numbers counts n, and so do their mean, their
largest and their smallest. What only moves or copies elements counts 0.

**Gradients.** x̄ is the gradient of the loss with respect to x, ȳ that with respect to the result. Every gradient is made of these
ops. Ints and bools have none. The gradient of an operand that was broadcast is summed over the axes along which it was.
`;

interface Schema {
  readonly type?: string;
  readonly default?: unknown;
}

/** `stride: int = 1`, as it is written in a spec. */
function attributesOf(op: Op): string[] {
  const { properties = {} } = z.toJSONSchema(op.attributes, { io: 'input' }) as {
    readonly properties?: Readonly<Record<string, Schema>>;
  };
  return Object.entries(properties).map(([name, { type, default: fallback }]) => {
    const kind = `${name}: ${type === 'integer' ? 'int' : 'float'}`;
    return fallback === undefined ? kind : `${kind} = ${showNumber(Number(fallback))}`;
  });
}

/** How the op is called. */
export const signatureOf = (op: Op): string =>
  op.signature ??
  `${op.name}(${['rest' in op.operands ? op.operands.rest : op.operands, attributesOf(op)].flat().join(', ')})`;

const section = (op: Op): string =>
  [
    `## ${op.name}`,
    `\`${signatureOf(op)}\``,
    op.doc,
    [
      `- Formula: ${op.formula}`,
      `- Type: ${op.shapeDoc}`,
      `- FLOPs: ${op.costDoc}`,
      `- Gradient: ${op.gradientDoc}`,
      ...(op.citation ? [`- Source: ${op.citation}`] : []),
    ].join('\n'),
  ].join('\n\n');

const cell = (text: string): string => text.replaceAll('|', '\\|');

export function documentOps(): string {
  const ops: readonly Op[] = Object.values(OPS);
  const rows = ops.map((op) => `| [${op.name}](#${op.name}) | ${cell(op.doc)} | ${cell(op.costDoc)} |`);
  const table = ['| op | what it is | FLOPs |', '| --- | --- | --- |', ...rows].join('\n');
  return `${[INTRO.trim(), table, ...ops.map(section)].join('\n\n')}\n`;
}
