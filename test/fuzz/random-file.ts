/** Random files that a text can say, without a source: what the formatter is tried on. */
import type { Decl, Entry, Fact, File, Param, Point, Stmt, Tolerance, Vary } from '../../dsl/tree.ts';
import type { Random } from './random.ts';
import { makeName, randomString, randomTree } from './random-expression.ts';

export function randomFile(r: Random, size = 4): File {
  const { id, word, expr, args, path, type, span } = randomTree(r);
  const value = () => expr(1 + r.below(size));
  const doc = () =>
    r.chance(0.15) ? r.some(3, () => r.pick(['a line', 'of §3.2', '', '/ slashes']), 1).join('\n') : undefined;
  const string = () => makeName(randomString(r));
  const targets = () => r.some(3, () => (r.chance(0.2) ? makeName('_') : id()), 1);

  const statement = (depth: number): Stmt => {
    const more = { span, doc: doc() };
    const kind = r.below(depth > 0 ? 9 : 6);
    if (kind === 0) return { kind: 'input', name: id(), type: type(2), ...more };
    if (kind === 1) return { kind: 'output', targets: targets(), value: value(), ...more };
    if (kind === 2) {
      const own = r.chance(0.4) ? path(2) : undefined;
      return { kind: 'weight', trained: r.chance(0.5), name: id(), path: own, type: type(2), init: value(), ...more };
    }
    if (kind === 3) {
      return {
        kind: 'require',
        condition: value(),
        message: { kind: 'string', value: randomString(r), span },
        ...more,
      };
    }
    if (kind === 6) {
      return { kind: 'for', names: r.some(2, id, 1), over: value(), body: body(depth - 1), ...more };
    }
    if (kind > 6) return choice(depth - 1, doc());
    return { kind: 'assign', targets: targets(), op: r.pick(['=', '+=']), value: value(), ...more };
  };
  const body = (depth: number) => r.some(3, () => statement(depth));
  const choice = (depth: number, own?: string): Stmt => {
    const elseIf = depth > 0 && r.chance(0.3);
    const otherwise = elseIf ? [choice(depth - 1)] : r.chance(0.5) ? body(depth) : undefined;
    // biome-ignore lint/suspicious/noThenProperty: a branch; nobody awaits a tree
    return { kind: 'if', condition: value(), then: body(depth), else: otherwise, elseIf, span, doc: own };
  };

  const param = (name = id()): Param => ({
    name,
    type: type(2),
    default: r.chance(0.4) ? value() : undefined,
    doc: doc(),
    span,
  });
  const point = (): Point => {
    const ofPreset = r.chance(0.5);
    return { of: ofPreset ? string() : id(), ofPreset, args: args(2), span };
  };
  const tolerance = (): Tolerance => ({ value: { kind: 'number', raw: '0.02G', span }, percent: r.chance(0.5), span });
  const fact = (): Fact => ({ name: word(), value: value(), tolerance: r.chance(0.5) ? tolerance() : undefined, span });
  const entry = (depth: number): Entry => {
    const inner = depth > 0 && r.chance(0.3);
    const entries = () => r.some(3, () => entry(depth - 1));
    return { name: word(), value: inner ? { kind: 'entries', entries: entries(), span } : value(), doc: doc(), span };
  };
  const dotted = () => r.some(3, word, 1);
  const axis = () => ({ kind: 'axis', dotted: dotted(), values: value(), span }) as const;
  const vary = (): Vary => {
    const kind = r.below(6);
    if (kind === 0) return { kind: 'zip', axes: r.some(3, axis), span };
    if (kind === 1) return { kind: 'where', condition: value(), span };
    if (kind === 2) return { kind: r.pick(['path', 'leave_one_out']), to: point(), span };
    if (kind > 3) return axis();
    const to = r.chance(0.3) ? value() : undefined;
    return { kind: 'match-cost', fact: id(), tolerance: tolerance(), to, by: dotted(), step: value(), span };
  };

  const declaration = (): Decl => {
    const more = { span, doc: doc() };
    switch (r.below(9)) {
      case 0: {
        const module = r.chance(0.5);
        const text = module ? r.some(3, () => id().text, 1).join('.') : randomString(r);
        const item = () =>
          r.chance(0.3)
            ? ({ kind: 'preset', name: string(), span } as const)
            : ({ kind: 'name', name: id(), as: r.chance(0.3) ? id() : undefined, span } as const);
        const from = { kind: module ? 'module' : 'path', text, span } as const;
        return { kind: 'use', export: r.chance(0.3), from, items: r.some(4, item), ...more };
      }
      case 1:
        return { kind: 'const', name: id(), value: value(), ...more };
      case 2:
        return { kind: 'enum', name: id(), members: r.some(4, id, 1), ...more };
      case 3:
        return { kind: 'record', name: id(), fields: r.some(4, () => param(word()), 1), ...more };
      case 4: {
        const short = r.chance(0.4);
        const results = r.some(3, () => ({ name: r.chance(0.3) ? id() : undefined, type: type(2), span }), 1);
        const listed = results.length > 1 || results[0]!.name !== undefined || r.chance(0.3);
        const returns = short ? [value()] : r.some(3, value, 1);
        const statements = short ? [] : body(2);
        const params = r.some(4, () => param());
        return { kind: 'block', name: id(), params, results, listed, short, body: statements, returns, ...more };
      }
      case 5:
        return { kind: 'model', name: id(), params: r.some(4, () => param()), body: body(3), ...more };
      case 6:
        return { kind: 'preset', name: string(), point: point(), expect: r.some(3, fact), ...more };
      case 7:
        return {
          kind: 'recipe',
          name: id(),
          of: r.chance(0.3) ? id() : undefined,
          entries: r.some(4, () => entry(2)),
          ...more,
        };
      default:
        return {
          kind: 'grid',
          name: id(),
          of: point(),
          with: r.chance(0.4) ? id() : undefined,
          varies: r.some(4, vary),
          ...more,
        };
    }
  };

  const source = { path: 'random.dit', text: '' };
  return { source, version: span, doc: doc(), decls: r.some(5, declaration), comments: [] };
}
