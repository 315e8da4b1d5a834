/**
 * The calls in a digest that have weights. Equal calls in a row are one line, whether the graph has them folded or one by
 * one; the values that such a line gives are those of the last turn.
 */
import type { FoldedCall, Value } from './graph.ts';
import { indexIn } from './run.ts';

/** What is called at a line: nodes that are one run. */
export interface Called {
  readonly nodes: number[];
  /** their prefix without the number of the turn, where it has one */
  readonly root: string;
}

export interface CallLines {
  readonly called: readonly Called[];
  /** numbers its results; `first` is the next number. Whether it was used */
  add(call: {
    readonly node: FoldedCall;
    readonly index: number;
    /** of the callee */
    readonly digest: string;
    readonly text: string;
    readonly first: number;
  }): boolean;
  /** nothing goes on with the last call */
  close(): void;
}

/** What a call may go on with: the line that was written last. */
interface Open {
  readonly at: number;
  readonly text: string;
  readonly digest: string;
  readonly called: Called;
  readonly next: number;
  /** as numbered */
  readonly operands: readonly number[];
  readonly results: readonly Value[];
  readonly first: number;
  readonly turns: number;
  readonly carries?: readonly (number | undefined)[];
}

/** Results of turns that others went on from, which something else reads too, are told apart by fractions. */
const TURN = 2 ** -20;

export function createCallLines(lines: string[], numbers: number[]): CallLines {
  const called: Called[] = [];
  let open: Open | undefined;
  return {
    called,
    close() {
      open = undefined;
    },
    add({ node, index, digest, text, first }) {
      const { prefix, operands, results, run } = node;
      const indexed = indexIn(prefix);
      const given = indexed && operands.map((operand) => numbers[operand]!);
      const carries = given && open && goesOn(open, digest, indexed!) ? carriesOf(open, given) : undefined;
      const joined =
        open !== undefined && carries !== undefined && agree(open.carries, carries) && agree(run?.carries, carries);
      const line = joined
        ? open!
        : { at: lines.length, text, first, called: { nodes: [] as number[], root: indexed?.stem ?? prefix }, turns: 0 };
      if (joined) for (const result of open!.results) numbers[result]! += line.turns * TURN;
      else called.push(line.called);
      line.called.nodes.push(index);
      for (let at = 0; at < results.length; at++) numbers[results[at]!] = line.first + at;
      const turn = joined ? carries : run?.carries;
      lines[line.at] = turn === undefined ? text : `${line.text} ${showCarries(turn)}`;
      const times = run?.times ?? 1;
      open = given && {
        ...line,
        digest,
        next: indexed!.index + times,
        operands: given,
        results,
        turns: line.turns + times,
        carries: turn,
      };
      return !joined;
    },
  };

  function goesOn(
    { at, digest, called: { root }, next }: Open,
    callee: string,
    indexed: { readonly stem: string; readonly index: number },
  ): boolean {
    return at === lines.length - 1 && digest === callee && root === indexed.stem && next === indexed.index;
  }
}

const showCarries = (carries: readonly (number | undefined)[]): string => carries.map((each) => each ?? '').join();

/** How a call takes the results of the one before it; none where it takes something else, or nothing of it. */
function carriesOf({ operands: before, results, first }: Open, operands: readonly number[]): Open['carries'] {
  if (operands.length !== before.length) return undefined;
  const carries: (number | undefined)[] = [];
  for (const [at, operand] of operands.entries()) {
    const result = operand - first;
    if (result >= 0 && result < results.length && Number.isInteger(result)) carries.push(result);
    else if (operand === before[at]) carries.push(undefined);
    else return undefined;
  }
  return carries.every((result) => result === undefined) ? undefined : carries;
}

const agree = (a: readonly (number | undefined)[] | undefined, b: readonly (number | undefined)[]): boolean =>
  a === undefined || a.every((each, at) => each === b[at]);
