/** The lines of calls in a digest: equal calls in a row are one line, whether the graph has them folded or one by one. */
import type { FoldedCall } from './graph.ts';
import { indexIn, timesOf } from './run.ts';

export interface CallLine {
  /** of the call alone */
  readonly line: string;
  /** its digest */
  readonly callee: string;
  /** as numbered */
  readonly operands: readonly number[];
  readonly node: FoldedCall;
  /** what its first result would be numbered */
  readonly first: number;
}

export interface CallLines {
  /** the number of the first result of the last turn */
  add(call: CallLine): number;
}

/** What a call may go on with: the line that was written last. */
interface Open {
  readonly at: number;
  readonly line: string;
  readonly callee: string;
  readonly stem: string;
  readonly next: number;
  readonly operands: readonly number[];
  readonly first: number;
  readonly times: number;
  readonly carries?: readonly (number | undefined)[];
}

export function createCallLines(lines: string[]): CallLines {
  let open: Open | undefined;
  return {
    add({ line, callee, operands, node, first }) {
      const count = node.results.length;
      const times = timesOf(node);
      const indexed = indexIn(node.prefix);
      const { stem = '', index = 0 } = indexed ?? {};
      const joined =
        open?.at === lines.length - 1 && open.callee === callee && open.stem === stem && open.next === index;
      const carries = joined ? carriesOf(open!, operands, count) : undefined;
      const goesOn = carries !== undefined && agree(open!.carries, carries) && agree(node.run?.carries, carries);
      const begun = goesOn ? open! : { at: lines.length, line, times: 0 };
      const last = first + count * (times - 1);
      const turn = goesOn ? carries : node.run?.carries;
      open = indexed && {
        at: begun.at,
        line: begun.line,
        callee,
        stem,
        next: index + times,
        // of the last turn
        operands:
          times === 1 ? operands : operands.map((each, at) => carriedTo(each, node.run!.carries[at], last - count)),
        first: last,
        times: begun.times + times,
        carries: turn,
      };
      lines[begun.at] =
        turn === undefined ? line : `${begun.line} x${begun.times + times} ${turn.map((each) => each ?? '').join()}`;
      return last;
    },
  };
}

const carriedTo = (operand: number, result: number | undefined, before: number): number =>
  result === undefined ? operand : before + result;

/** How a call takes the results of the one before it; none where it takes something else. */
function carriesOf(before: Open, operands: readonly number[], count: number): (number | undefined)[] | undefined {
  if (operands.length !== before.operands.length) return undefined;
  const carries: (number | undefined)[] = [];
  for (const [at, operand] of operands.entries()) {
    const result = operand - before.first;
    if (operand === before.operands[at]) carries.push(undefined);
    else if (result >= 0 && result < count) carries.push(result);
    else return undefined;
  }
  return carries;
}

const agree = (a: readonly (number | undefined)[] | undefined, b: readonly (number | undefined)[]): boolean =>
  a === undefined || a.every((each, at) => each === b[at]);
