/** A body as the text of a function, names and loops included. */

import { showAffine } from '../../ir/runs.ts';
import { call, type Expression, intsOf, layOut, replaceLeaves, text, type Variable } from './expression.ts';
import { compressed } from './list-parts.ts';
import { type Affine, affineLeaves, findLoops, type Loop } from './loops.ts';
import { uniqueNames } from './names.ts';
import type { Body, Statement } from './statement.ts';

export interface FunctionText {
  readonly parameters: readonly { readonly name: string; readonly type: string; readonly comment: string }[];
  readonly result: string;
  readonly lines: readonly Line[];
}

/** `comment` is a shape, behind the line. */
export interface Line {
  readonly code: string;
  readonly comment: string;
}

const mentionsBatch = (expression: Expression): boolean => {
  switch (expression.kind) {
    case 'text':
      return /^\[.*\bn\b/.test(expression.text);
    case 'call':
      return expression.args.some(mentionsBatch);
    case 'list':
      return expression.items.some(mentionsBatch);
    case 'record':
      return expression.fields.some(([, value]) => mentionsBatch(value));
    case 'spread':
      return mentionsBatch(expression.of);
    case 'arrow':
      return mentionsBatch(expression.body);
    default:
      return false;
  }
};

/** `{i+1}` → `i + 1` */
const counted = (affine: Affine): string =>
  showAffine(affine)
    .replace(/^\{|\}$/g, '')
    .replace(/(\d)i/g, '$1 * i')
    .replace(/([+-])/g, ' $1 ');

export function functionText(body: Body, taken: Iterable<string> = []): FunctionText {
  const unique = uniqueNames(taken);
  const looped = findLoops(body);
  const names = new Map<Variable, string>();
  const listNames = new Map<string, string>();
  const mutable = new Set<Variable>();
  const lines: Line[] = [];

  const parameters = body.parameters.map(({ name, type, comment, variables, lists }) => {
    const own = type === 'Tensor' ? unique(name) : name;
    for (const { id, access } of variables) names.set(id, own + access);
    for (const { first, access } of lists) listNames.set(`list ${first}`, own + access);
    return { name: own, type, comment };
  });
  const nameOf = (id: Variable): string => {
    const name = names.get(id);
    if (name === undefined) throw new Error(`variable ${id} is read before it is made`);
    return name;
  };
  const key = (loop: Loop, slot: number): string => `loop ${loop.run.start} ${slot}`;
  const carriedNames = new Map<string, string>();

  /** A read outside of loops. */
  const outside = (id: Variable): string => {
    const spot = looped.spotOf(id);
    if (spot !== undefined) {
      const carried = carriedNames.get(key(spot.loop, spot.slot));
      if (spot.turn === spot.loop.run.turns - 1 && carried !== undefined) return carried;
      return `${listNames.get(key(spot.loop, spot.slot))}[${spot.turn}]!`;
    }
    const inList = looped.listOf(id);
    if (inList !== undefined) return `${listNames.get(`list ${inList.first}`)}[${inList.at}]!`;
    return nameOf(id);
  };
  const leafText = (leaf: Extract<Expression, { kind: 'variable' | 'path' }>): Expression => {
    if (leaf.kind === 'variable') return text(outside(leaf.id) + (leaf.suffix ?? ''));
    let at = 0;
    return text(`'${leaf.text.replaceAll('\0', () => String(leaf.numbers[at++]))}'`);
  };
  const settled = (expression: Expression): Expression =>
    replaceLeaves(compressed(expression, looped, listNames, key), leafText);

  const put = (before: string, expression: Expression, comment: string, indent: number): void => {
    const code = layOut(expression, indent, indent + before.length, 1);
    lines.push({ code: `${' '.repeat(indent)}${before}${code};`, comment });
  };

  const targetOf = ({ definitions, apart }: Statement): string => {
    const parts = definitions.map(({ id, used, rest }) => (used ? (rest ? '...' : '') + nameOf(id) : ''));
    while (parts.at(-1) === '') parts.pop();
    return apart ? `[${parts.join(', ').replace(/^, /, ', ')}]` : parts[0]!;
  };
  const name = ({ definitions }: Statement): void => {
    for (const { id, name: wanted, used } of definitions) if (used) names.set(id, unique(wanted));
  };

  function straight(statement: Statement): void {
    name(statement);
    const word = statement.definitions.some(({ id }) => mutable.has(id)) ? 'let' : 'const';
    put(`${word} ${targetOf(statement)} = `, settled(statement.expression), statement.comment, 2);
  }

  /** Reads of each variable outside of the loop, and by the turns but the first. */
  const readsElsewhere = (id: Variable, loop: Loop): boolean => {
    let count = 0;
    const { start, period } = loop.run;
    for (const [at, { expression }] of body.statements.entries()) {
      if (at >= start && at < start + period) continue;
      count += intsOfVariables(expression).filter((other) => other === id).length;
    }
    return count + intsOfVariables(body.result).filter((other) => other === id).length > 0;
  };

  function loopText(loop: Loop): void {
    const { run, statements } = loop;
    for (const slot of [...loop.listed].sort((a, b) => a - b)) {
      const definition = statements.flatMap(({ definitions }) => definitions)[slot]!;
      const own = unique(`${definition.name}List`);
      listNames.set(key(loop, slot), own);
      lines.push({ code: `  const ${own}: ${definition.of}[] = [];`, comment: '' });
    }
    for (const [slot, initial] of loop.carried) {
      const own = carryOf(initial);
      carriedNames.set(key(loop, slot), own);
    }
    const last = run.from + run.turns;
    lines.push({ code: `  for (let i = ${run.from}; i < ${last}; i++) {`, comment: '' });
    const late: string[] = [];
    for (const [at, statement] of statements.entries()) {
      name(statement);
      const affine = affineLeaves(loop, at).values();
      const inside = replaceLeaves(statement.expression, (leaf) => {
        if (leaf.kind === 'variable') return text(inLoop(loop, affine.next().value as Affine) + (leaf.suffix ?? ''));
        const shown = leaf.text.replaceAll('\0', () => {
          const number = affine.next().value as Affine;
          return number.factor === 0 ? String(number.rest) : `\${${counted(number)}}`;
        });
        return text(shown.includes('${') ? `\`${shown}\`` : `'${shown}'`);
      });
      const expression =
        statement.counts && body.tidies !== false ? call('tf.tidy', { kind: 'arrow', body: inside }) : inside;
      const [only] = statement.definitions;
      const slotOf = (id: Variable): number => id - loop.first;
      const direct =
        statement.definitions.length === 1 &&
        loop.carried.has(slotOf(only!.id)) &&
        isLastRead(loop, at, slotOf(only!.id));
      if (direct) {
        const carried = carriedNames.get(key(loop, slotOf(only!.id)))!;
        names.set(only!.id, carried);
        put(`${carried} = `, expression, statement.comment, 4);
      } else put(`const ${targetOf(statement)} = `, expression, statement.comment, 4);
      for (const { id } of statement.definitions) {
        const slot = slotOf(id);
        if (loop.listed.has(slot)) late.push(`    ${listNames.get(key(loop, slot))}.push(${nameOf(id)});`);
        if (!direct && loop.carried.has(slot)) late.push(`    ${carriedNames.get(key(loop, slot))} = ${nameOf(id)};`);
      }
    }
    for (const code of late) lines.push({ code, comment: '' });
    lines.push({ code: '  }', comment: '' });
  }

  /** Whether nothing behind this statement reads what the turn before left. */
  function isLastRead(loop: Loop, at: number, slot: number): boolean {
    return loop.statements.every(
      (_, other) => other <= at || affineLeaves(loop, other).every((affine) => !isBack(loop, affine, slot)),
    );
  }
  function isBack(loop: Loop, { factor, rest }: Affine, slot: number): boolean {
    return factor === loop.step && factor * loop.run.from + rest === loop.first + slot - loop.step;
  }

  /** The variable that a loop carries: the one it starts from, where nobody else reads that. */
  function carryOf(initial: Variable): string {
    if (mutable.has(initial)) return nameOf(initial);
    const spot = looped.spotOf(initial);
    const base = spot === undefined ? (looped.listOf(initial) === undefined ? nameOf(initial) : 'carried') : 'carried';
    const own = unique(base.replace(/.*\./, '').replace(/\d+$/, ''));
    lines.push({ code: `  let ${own} = ${outside(initial)};`, comment: '' });
    return own;
  }

  function inLoop(loop: Loop, affine: Affine): string {
    if (affine.factor === 0) return outside(affine.rest);
    const { from, turns } = loop.run;
    const ids = [from, from + turns - 1].map((i) => affine.factor * i + affine.rest);
    const [first, second] = [ids[0]!, affine.factor * (from + 1) + affine.rest];
    const spot = looped.spotOf(second);
    if (spot?.loop === loop) {
      return spot.turn === 1 ? nameOf(loop.first + spot.slot) : carriedNames.get(key(loop, spot.slot))!;
    }
    const start = spot === undefined ? looped.listOf(first)!.at : looped.spotOf(first)!.turn;
    const next = spot === undefined ? looped.listOf(second)!.at : spot.turn;
    const factor = next - start;
    const source =
      spot === undefined
        ? listNames.get(`list ${looped.listOf(first)!.first}`)
        : listNames.get(key(spot.loop, spot.slot));
    return `${source}[${counted({ factor, rest: start - factor * from })}]!`;
  }

  for (const loop of looped.loops) {
    for (const initial of loop.carried.values()) {
      const made = body.statements.some(({ definitions }) => definitions.some(({ id }) => id === initial));
      const alone = [...loop.carried.values()].filter((other) => other === initial).length === 1;
      const others = looped.loops.some((other) => other !== loop && [...other.carried.values()].includes(initial));
      if (made && alone && !others && looped.spotOf(initial) === undefined && !readsElsewhere(initial, loop))
        mutable.add(initial);
    }
  }

  const all = [...body.statements.map(({ expression }) => expression), body.result];
  if (all.some(mentionsBatch)) {
    if (body.batch === undefined) throw new Error('no input of the block says what N is');
    const { variable, axis, times } = body.batch;
    lines.push({
      code: `  const n = ${nameOf(variable)}.shape[${axis}]!${times === 1 ? '' : ` / ${times}`};`,
      comment: '',
    });
  }
  const count = body.statements.length;
  const loopsToEnd = looped.loops.some(({ run }) => run.start + run.period * run.turns === count);
  const returned = loopsToEnd ? undefined : returnedStatement(body);
  for (let at = 0; at < count - (returned === undefined ? 0 : 1); ) {
    const loop = looped.loops.find(({ run }) => run.start === at);
    if (loop === undefined) straight(body.statements[at++]!);
    else {
      loopText(loop);
      at += loop.run.period * loop.run.turns;
    }
  }
  if (returned === undefined) put('return ', settled(body.result), '', 2);
  else put('return ', settled(returned.expression), returned.comment, 2);
  return { parameters, result: body.resultType, lines };
}

/** The last statement, where it only names what is returned. */
function returnedStatement({ statements, result }: Body): Statement | undefined {
  const last = statements.at(-1);
  const [only] = last?.definitions ?? [];
  const isIt = !last?.apart && result.kind === 'variable' && result.suffix === undefined && result.id === only?.id;
  return isIt ? last : undefined;
}

const intsOfVariables = (expression: Expression): number[] =>
  intsOf(replaceLeaves(expression, (leaf) => (leaf.kind === 'path' ? text('') : leaf)));
