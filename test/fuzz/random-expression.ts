/** Random expressions that a text can say: parentheses stand where a text would need them. */
import type { Span } from '../../dsl/span.ts';
import type { Arg, BinaryOp, Dim, Expr, Item, Name, Path, Pattern, Segment, Type } from '../../dsl/tree.ts';
import type { Random } from './random.ts';

const span: Span = { start: 0, end: 0 };
const IDS = [
  'x',
  'y',
  'D',
  'heads',
  'block',
  'step',
  'path',
  'grid',
  'of',
  'a_rather_long_name_of_a_thing',
  'Linear',
  'where',
];
const WORDS = [...IDS, 'model', 'in', 'as', 'and', 'or', 'param', 'shared', 'none', 'if'];
const NUMBERS = ['0', '1', '28', '0.5', '1_000', '1e-4', '2.5E+3K', '400K', '675.25M'];
const CHARS = ['a', ' ', '"', '\\', '\n', 'é', '漢', '/', '{', 'n t (3 h k) -> 3 n h t k'];

const PRECEDENCE: Record<BinaryOp, number> = {
  or: 1,
  and: 2,
  '==': 4,
  '!=': 4,
  '<': 4,
  '<=': 4,
  '>': 4,
  '>=': 4,
  '+': 6,
  '-': 6,
  '*': 7,
  '/': 7,
  '%': 7,
  '^': 9,
};

export const makeName = (text: string): Name => ({ text, span });
export const randomString = (r: Random) => r.some(6, () => r.pick(CHARS)).join('');

export function randomTree(r: Random) {
  const id = () => makeName(r.pick(IDS));
  const word = () => makeName(r.pick(WORDS));

  /** An expression that needs no parentheses where one of `least` is wanted. */
  const expr = (depth: number, least = 0): Expr => {
    if (depth <= 0) return leaf();
    const kind = r.below(16);
    const down = (level: number) => expr(depth - 1, level);
    const fit = (level: number, make: () => Expr): Expr =>
      level >= least ? make() : { kind: 'paren', of: make(), span };
    switch (kind) {
      case 0:
        return { kind: 'call', callee: id(), args: args(depth), span };
      case 1:
        return fit(0, () => ({
          kind: 'pipe',
          input: r.chance(0.5) ? pipe(depth - 1) : down(1),
          callee: id(),
          args: r.chance(0.6) ? args(depth) : undefined,
          path: r.chance(0.4) ? path(depth) : undefined,
          span,
        }));
      case 2:
        return { kind: 'list', items: r.some(8, () => down(0)), span };
      case 3:
        return fit(8, () => ({ kind: 'unary', op: '-', operand: down(8), span }));
      case 4:
        return fit(3, () => ({ kind: 'unary', op: 'not', operand: down(3), span }));
      case 5:
        return fit(5, () => ({ kind: 'range', from: down(6), to: down(6), span }));
      case 6:
        return { kind: 'member', of: postfix(depth), name: word(), span };
      case 7:
        return { kind: 'index', of: postfix(depth), items: r.some(4, () => item(depth), 1), span };
      case 8:
        return { kind: 'path', of: down(10), path: path(depth), span };
      case 9:
        // biome-ignore lint/suspicious/noThenProperty: a branch; nobody awaits a tree
        return { kind: 'choice', condition: down(0), then: down(0), else: down(0), span };
      case 10: {
        const arm = () => ({ patterns: r.some(3, pattern, 1), value: down(0), span });
        return { kind: 'match', subject: down(0), arms: r.some(3, arm, 1), span };
      }
      case 11:
        return { kind: 'paren', of: down(0), span };
      default: {
        const op = r.pick(Object.keys(PRECEDENCE) as BinaryOp[]);
        const level = PRECEDENCE[op];
        const [left, right] = level === 9 ? [10, 8] : level === 4 ? [5, 5] : [level, level + 1];
        return fit(level, () => ({ kind: 'binary', op, at: span, left: down(left), right: down(right), span }));
      }
    }
  };

  const pipe = (depth: number): Expr => {
    if (depth <= 0) return expr(0, 1);
    return { kind: 'pipe', input: pipe(depth - 2), callee: id(), args: args(depth), path: undefined, span };
  };

  /** Before `.` and `[` a path needs parentheses: it would go on. */
  const postfix = (depth: number): Expr => {
    const of = expr(depth - 1, 10);
    return of.kind === 'path' ? { kind: 'paren', of, span } : of;
  };

  const leaf = (): Expr => {
    const kind = r.below(6);
    if (kind === 0) return { kind: 'number', raw: r.pick(NUMBERS), span };
    if (kind === 1) return { kind: 'string', value: randomString(r), span };
    if (kind === 2) return { kind: 'bool', value: r.chance(0.5), span };
    if (kind === 3) return { kind: 'none', span };
    return { kind: 'name', name: id(), span };
  };

  const pattern = (): Pattern => (r.chance(0.2) ? { kind: 'any', span } : (leaf() as Pattern));

  const args = (depth: number): Arg[] => [
    ...r.some(2, () => ({ value: expr(depth - 1), span })),
    ...r.some(2, () => ({ name: word(), value: expr(depth - 1), span })),
  ];

  const item = (depth: number): Item => {
    const kind = r.below(4);
    if (kind === 0) return { kind: 'new', rest: r.chance(0.5), span };
    if (kind === 1) return { kind: 'rest', span };
    if (kind === 2) return { kind: 'at', expr: expr(depth - 1), span };
    const end = () => (r.chance(0.5) ? expr(depth - 1) : undefined);
    return { kind: 'slice', from: end(), to: end(), span };
  };

  const path = (depth: number): Path => {
    const shared = r.chance(0.3);
    if (r.chance(0.2)) return { shared, none: true, segments: [], span };
    // a path that begins with `shared` would read as a shared one
    const first: Segment = { kind: 'word', text: r.pick(WORDS.filter((text) => text !== 'shared')), span };
    const segment = (): Segment => {
      if (r.chance(0.3)) return { kind: 'computed', expr: expr(depth - 1), span };
      return { kind: 'word', text: r.chance(0.5) ? String(r.below(30)) : r.pick(WORDS), span };
    };
    return { shared, none: false, segments: [first, ...r.some(3, segment)], span };
  };

  const dim = (depth: number): Dim =>
    r.chance(0.2) ? { kind: 'rest', span } : { kind: 'dim', expr: expr(depth - 1), span };

  const type = (depth: number): Type => {
    const shape = r.chance(0.6) ? r.some(4, () => dim(depth)) : undefined;
    const named = shape === undefined || r.chance(0.4);
    return {
      name: named ? id() : undefined,
      args: named && r.chance(0.3) ? args(depth) : undefined,
      shape,
      optional: r.chance(0.2),
      span,
    };
  };

  return { id, word, expr, args, path, type, span };
}
