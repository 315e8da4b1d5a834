/** Expressions of the text that is written: calls, lists and names, with places where a loop may count. */
import { HOLE } from '../../ir/runs.ts';
import type { Shape } from '../../ir/type.ts';

/** A variable of a function; ids count in the order in which they are defined. */
export type Variable = number;

export type Expression =
  | { readonly kind: 'text'; readonly text: string }
  /** `suffix`: an element of it */
  | { readonly kind: 'variable'; readonly id: Variable; readonly suffix?: string }
  /** a path with its numbers apart, so that a loop may count in it */
  | { readonly kind: 'path'; readonly text: string; readonly numbers: readonly number[] }
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly args: readonly Expression[];
      /** what is reshaped by it, and from what */
      readonly reshaped?: { readonly from: Expression; readonly shape: Shape };
    }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'record'; readonly fields: readonly (readonly [name: string, value: Expression])[] }
  | { readonly kind: 'spread'; readonly of: Expression }
  /** `() => body` */
  | { readonly kind: 'arrow'; readonly body: Expression };

/** `0.5`, `1e-6` */
const numberText = (value: number): string =>
  value !== 0 && Math.abs(value) < 1e-4 ? value.toExponential() : String(value);

export const text = (value: string | number): Expression => ({
  kind: 'text',
  text: typeof value === 'number' ? numberText(value) : value,
});
export const call = (name: string, ...args: readonly Expression[]): Expression => ({ kind: 'call', name, args });
export const list = (items: readonly Expression[]): Expression => ({ kind: 'list', items });
export const numbers = (items: readonly number[]): Expression => text(`[${items.join(', ')}]`);

/** The numbers that a loop may count in, in the order of the text. */
export function intsOf(expression: Expression): number[] {
  switch (expression.kind) {
    case 'text':
      return [];
    case 'variable':
      return [expression.id];
    case 'path':
      return [...expression.numbers];
    case 'call':
      return expression.args.flatMap(intsOf);
    case 'list':
      return expression.items.flatMap(intsOf);
    case 'record':
      return expression.fields.flatMap(([, value]) => intsOf(value));
    case 'spread':
      return intsOf(expression.of);
    case 'arrow':
      return intsOf(expression.body);
  }
}

/** One line, with `HOLE` where the numbers go. */
export function skeletonOf(expression: Expression): string {
  switch (expression.kind) {
    case 'text':
      return expression.text;
    case 'variable':
      return `${HOLE}${expression.suffix ?? ''}`;
    case 'path':
      return `'${expression.text}'`;
    case 'call':
      return `${expression.name}(${expression.args.map(skeletonOf).join(', ')})`;
    case 'list':
      return `[${expression.items.map(skeletonOf).join(', ')}]`;
    case 'record':
      return `{ ${expression.fields.map(([name, value]) => `${name}: ${skeletonOf(value)}`).join(', ')} }`;
    case 'spread':
      return `...${skeletonOf(expression.of)}`;
    case 'arrow':
      return `() => ${skeletonOf(expression.body)}`;
  }
}

export type Replace = (leaf: Extract<Expression, { kind: 'variable' | 'path' }>) => Expression;

/** The same with other leaves; replaced in the order of the text. */
export function replaceLeaves(expression: Expression, replace: Replace): Expression {
  const again = (one: Expression): Expression => replaceLeaves(one, replace);
  switch (expression.kind) {
    case 'text':
      return expression;
    case 'variable':
    case 'path':
      return replace(expression);
    case 'call':
      return { ...expression, args: expression.args.map(again) };
    case 'list':
      return { ...expression, items: expression.items.map(again) };
    case 'record':
      return { ...expression, fields: expression.fields.map(([name, value]) => [name, again(value)] as const) };
    case 'spread':
      return { ...expression, of: again(expression.of) };
    case 'arrow':
      return { ...expression, body: again(expression.body) };
  }
}

function inLine(expression: Expression): string {
  switch (expression.kind) {
    case 'record':
      return `{ ${expression.fields.map(([name, value]) => field(name, inLine(value))).join(', ')} }`;
    case 'call':
      return `${expression.name}(${expression.args.map(inLine).join(', ')})`;
    case 'list':
      return `[${expression.items.map(inLine).join(', ')}]`;
    case 'spread':
      return `...${inLine(expression.of)}`;
    case 'arrow':
      return `() => ${inLine(expression.body)}`;
    default:
      return skeletonOf(expression);
  }
}

const field = (name: string, value: string): string => (name === value ? name : `${name}: ${value}`);

export const WIDTH = 120;

/**
 * A line where it fits behind `before` columns, with `after` columns behind it, else an argument a line. All variables
 * are texts by now.
 */
export function layOut(expression: Expression, indent: number, before: number, after: number): string {
  const line = inLine(expression);
  if (before + line.length + after <= WIDTH) return line;
  const pad = ' '.repeat(indent + 2);
  const inner = (one: Expression, extra = 0): string => layOut(one, indent + 2, indent + 2 + extra, 1);
  const close = `,\n${' '.repeat(indent)}`;
  switch (expression.kind) {
    case 'call': {
      const [only] = expression.args;
      if (only?.kind === 'arrow') return `${expression.name}(() =>\n${pad}${inner(only.body)}${close})`;
      return `${expression.name}(\n${expression.args.map((arg) => pad + inner(arg)).join(',\n')}${close})`;
    }
    case 'list':
      return `[\n${expression.items.map((item) => pad + inner(item)).join(',\n')}${close}]`;
    case 'record':
      return `{\n${expression.fields
        .map(([name, value]) => {
          const text = inner(value, name.length + 2);
          return pad + field(name, text);
        })
        .join(',\n')}${close}}`;
    case 'spread':
      return `...${layOut(expression.of, indent, before + 3, after)}`;
    default:
      return line;
  }
}
