/**
 * Documents that know where they may be broken, and the printer that breaks them only where a line would grow too long
 * (Oppen 1980; Wadler 2003, "A prettier printer"). A group is printed on one line if it fits, else its lines are broken;
 * a fill breaks only those that it must.
 */
export type Doc = string | Node;

interface Base {
  /** holds a line break that must be: no group around it fits on a line */
  readonly hard: boolean;
}

type Node = Base &
  (
    | { readonly kind: 'concat'; readonly parts: readonly Doc[] }
    | { readonly kind: 'line'; readonly flat: string; readonly kept: boolean }
    | { readonly kind: 'group'; readonly of: Doc }
    | { readonly kind: 'indent'; readonly of: Doc }
    | { readonly kind: 'align'; readonly of: Doc }
    | { readonly kind: 'fill'; readonly parts: readonly Doc[] }
    | { readonly kind: 'broken'; readonly then: Doc; readonly else: Doc }
    | { readonly kind: 'suffix'; readonly text: string }
  );

const isHard = (doc: Doc) => typeof doc !== 'string' && doc.hard;

/** Any number of documents, one after the other; a call cannot spread a million arguments. */
export const sequence = (parts: readonly Doc[]): Doc => ({ kind: 'concat', parts, hard: parts.some(isHard) });
export const concat = (...parts: Doc[]): Doc => sequence(parts);
export const group = (...parts: Doc[]): Doc => ({ kind: 'group', of: concat(...parts), hard: parts.some(isHard) });
export const indent = (...parts: Doc[]): Doc => ({ kind: 'indent', of: concat(...parts), hard: parts.some(isHard) });
/** Lines inside begin below where this begins. */
export const align = (...parts: Doc[]): Doc => ({ kind: 'align', of: concat(...parts), hard: parts.some(isHard) });
/** Contents and the lines between them, in turn. */
export const fill = (parts: readonly Doc[]): Doc => ({ kind: 'fill', parts, hard: parts.some(isHard) });
/** One text where the group around it is broken, another where it is not. */
export const ifBroken = (broken: Doc, flat: Doc): Doc =>
  // biome-ignore lint/suspicious/noThenProperty: a branch; nobody awaits a document
  ({ kind: 'broken', then: broken, else: flat, hard: false });
/** Text at the end of whatever line this comes to stand on; it does not count towards its length. */
export const suffix = (text: string): Doc => ({ kind: 'suffix', text, hard: false });

export const line: Doc = { kind: 'line', flat: ' ', kept: false, hard: false };
export const softline: Doc = { kind: 'line', flat: '', kept: false, hard: false };
export const hardline: Doc = { kind: 'line', flat: '', kept: true, hard: true };
/** Broken wherever the group around it is, in a fill too. */
export const keptline: Doc = { kind: 'line', flat: ' ', kept: true, hard: false };

export function join(separator: Doc, parts: readonly Doc[]): Doc {
  return sequence(parts.flatMap((part, i) => (i === 0 ? [part] : [separator, part])));
}

interface Command {
  readonly indent: number;
  readonly flat: boolean;
  readonly doc: Doc;
  /** of a fill: the part to go on with */
  readonly from?: number;
}

/** Whether `first`, flat, and what follows it up to the next line break fit into `width`. */
function fits(first: Command, rest: readonly Command[], width: number): boolean {
  let left = width;
  let next = rest.length;
  const stack: Command[] = [first];
  for (;;) {
    const command = stack.pop() ?? (next > 0 ? rest[--next] : undefined);
    if (command === undefined) return true;
    const { doc, flat, indent } = command;
    if (typeof doc === 'string') {
      left -= doc.length;
      if (left < 0) return false;
    } else if (doc.kind === 'concat' || doc.kind === 'fill') {
      for (let i = doc.parts.length - 1; i >= 0; i--) stack.push({ indent, flat, doc: doc.parts[i]! });
    } else if (doc.kind === 'line') {
      if (!flat) return true;
      if (doc.hard) return false;
      left -= doc.flat.length;
    } else if (doc.kind === 'broken') {
      stack.push({ indent, flat, doc: flat ? doc.else : doc.then });
    } else if (doc.kind !== 'suffix') {
      if (flat && doc.hard) return false;
      stack.push({ indent, flat: flat && !doc.hard, doc: doc.of });
    }
  }
}

export function print(doc: Doc, width: number): string {
  const out: string[] = [];
  let column = 0;
  let waiting = '';
  const stack: Command[] = [{ indent: 0, flat: false, doc }];

  const write = (text: string) => {
    out.push(text);
    column += text.length;
  };
  const newline = (indent: number) => {
    if (waiting !== '') out.push(waiting);
    waiting = '';
    out.push('\n');
    column = indent;
    // blanks only before something: an empty line stays empty
    if (indent > 0) out.push(' '.repeat(indent));
  };

  for (let command = stack.pop(); command !== undefined; command = stack.pop()) {
    const { indent, flat, doc } = command;
    const push = (of: Doc, options: Partial<Command> = {}) => stack.push({ indent, flat, doc: of, ...options });
    if (typeof doc === 'string') write(doc);
    else if (doc.kind === 'concat') for (let i = doc.parts.length - 1; i >= 0; i--) push(doc.parts[i]!);
    else if (doc.kind === 'line') flat ? write(doc.flat) : newline(indent);
    else if (doc.kind === 'suffix') waiting += doc.text;
    else if (doc.kind === 'broken') push(flat ? doc.else : doc.then);
    else if (doc.kind === 'indent') push(doc.of, { indent: indent + 2 });
    else if (doc.kind === 'align') push(doc.of, { indent: column });
    else if (doc.kind === 'group') {
      const whole = { indent, flat: true, doc: doc.of };
      push(doc.of, { flat: !doc.hard && (flat || fits(whole, stack, width - column)) });
    } else {
      const { parts } = doc;
      const from = command.from ?? 0;
      const content = parts[from];
      if (content === undefined) continue;
      const separator = parts[from + 1];
      const as = (of: Doc, isFlat: boolean): Command => ({ indent, flat: isFlat, doc: of });
      const last = separator === undefined;
      const flatFirst = flat || fits(as(content, true), last ? stack : [], width - column);
      if (last) {
        stack.push(as(content, flatFirst));
        continue;
      }
      const kept = typeof separator !== 'string' && separator.kind === 'line' && separator.kept;
      // what follows the last content belongs to its line
      const after = from + 3 >= parts.length ? stack : [];
      const pair = as(concat(content, separator, parts[from + 2]!), true);
      const together = flat || (!kept && flatFirst && fits(pair, after, width - column));
      push(doc, { from: from + 2 });
      stack.push(as(separator, together), as(content, flatFirst));
    }
  }
  if (waiting !== '') out.push(waiting);
  return out.join('').replace(/[ \t]+$/gm, '');
}
