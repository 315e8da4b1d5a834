/**
 * What the parser found out of place → a diagnostic: what was expected, what stands there, and, where the mistake is a
 * common one (a habit of another language, a forgotten sign), what to write.
 */
import { indentOf } from './brackets.ts';
import type { Diagnostic, Extras } from './diagnostic.ts';
import { excerpt } from './excerpt.ts';
import { MAX_DEPTH } from './limits.ts';
import { type Complaint, DEEP } from './recovery.ts';
import type { Source, Span } from './span.ts';
import { nearest } from './suggest.ts';
import { report } from './syntax-codes.ts';
import * as T from './tokens.ts';

const DECLARATIONS = ['use', 'export', 'const', 'enum', 'record', 'block', 'model', 'preset', 'recipe', 'grid'];

/** How other languages begin what is said differently here. */
const FOREIGN = new Map(
  Object.entries({
    elif: 'write `else if`',
    elsif: 'write `else if`',
    def: 'a function is `block NAME(…) -> … { … }`',
    fn: 'a function is `block NAME(…) -> … { … }`',
    func: 'a function is `block NAME(…) -> … { … }`',
    function: 'a function is `block NAME(…) -> … { … }`',
    class: 'a layer is `block NAME(…) -> … { … }`',
    struct: 'write `record`',
    import: 'write `use std.nn { Linear }`',
    from: 'write `use std.nn { Linear }`',
    let: 'a name is defined by `name = …`',
    var: 'a name is defined by `name = …`',
    val: 'a name is defined by `name = …`',
    while: 'the only loop is `for … in …`',
    pass: 'a body may be empty: `{}`',
  }),
);

/** What is meant by a sign that stands where another was expected. */
const SIGNS: readonly { expected: RegExp; found: string; wanted: string; what: string }[] = [
  { expected: /^`=`/, found: '==', wanted: '=', what: 'a definition' },
  { expected: /^`=`/, found: ':=', wanted: '=', what: 'a definition' },
  { expected: /^(`\{|`,` and a message|an axis)/, found: '=', wanted: '==', what: 'a comparison' },
  { expected: /^`->`/, found: '=>', wanted: '->', what: 'a result' },
  { expected: /^`->`/, found: ':', wanted: '->', what: 'a result' },
  { expected: /^`=>`/, found: '->', wanted: '=>', what: 'an arm' },
  { expected: /^`=>`/, found: ':', wanted: '=>', what: 'an arm' },
  { expected: /^`:`$/, found: '=', wanted: ':', what: 'an entry' },
];

const MATCH = 'a match is `match macs +- 1% by size.ratio step 1/16`';

/** What often helps where something was expected and something else found. */
const HELP: readonly { expected: RegExp; found?: RegExp; help: string }[] = [
  { expected: /and a type$/, found: /^=$/, help: 'a parameter has a type: `x: int = 3`' },
  { expected: /^`=` or/, found: /^:$/, help: 'a value needs no type; a weight is `param name: [D] = 0`' },
  { expected: /^`=`/, found: /^:$/, help: 'a constant needs no type' },
  { expected: /closing bracket$/, found: /^for$/, help: 'a list is written out, or is a range: `0..4`' },
  { expected: /^`\{`/, found: /^:$/, help: 'what belongs together stands in braces' },
  { expected: /^`->`/, help: 'a block says what it returns: `-> [N, T, D]`' },
  { expected: /^`else`/, help: 'where a value is wanted, `if` has both branches' },
  { expected: /^an expression/, found: /^(_|\.\.\.)$/, help: '`_` and `...` stand in an index' },
  { expected: /^an expression/, found: /^\.$/, help: 'a number begins with a digit: `0.5`' },
  {
    expected: /^the name of (the (grid|recipe|model|block)|a recipe)/,
    found: /^"/,
    help: 'only presets are named by strings',
  },
  {
    expected: /^a declaration/,
    found: /^(return|if|for|param|frozen|input|output|require)$/,
    help: 'statements stand in a block or a model',
  },
  { expected: /^a statement/, found: /^\($/, help: 'values have no methods and are not called: write `f(x, …)`' },
  {
    expected: /^`=` or/,
    found: /^\[$/,
    help: 'tensors are not changed in place: `concat` puts parts together, `where` chooses',
  },
  {
    expected: /^`=` or/,
    found: /^\.$/,
    help: 'nothing has attributes to set: `h = Linear(x, 32) as proj` makes the weights `proj`',
  },
  { expected: /^a statement/, found: /^match$/, help: '`match` is an expression: `x = match …`' },
  { expected: /^an axis/, found: /^(by|to|step)$/, help: MATCH },
  { expected: /^`(\+-|by|step)`/, help: MATCH },
  { expected: /^`to`/, help: 'it goes to a preset or a model: `leave_one_out to "DiT-S/2"`' },
];

/** `unreturned`: the token at which the last expression of a block begins that forgot its `return`. */
export function complain(
  source: Source,
  tokens: readonly T.Token[],
  complaint: Complaint,
  unreturned?: number,
): Diagnostic {
  const { index, expected } = complaint;
  const token = tokens[index];
  const before = tokens[index - 1];
  const place = (span: Span) => ({ source, span });
  const spanAt = (i: number): Span => {
    const at = tokens[i];
    if (at !== undefined) return { start: at.startOffset, end: at.endOffset + 1 };
    const end = (tokens.at(-1)?.endOffset ?? -1) + 1;
    return { start: end, end };
  };
  const here = place(spanAt(index));
  const found = foundText(token);
  const replace = (message: string, span: Span, text: string) => ({ message, edits: [{ place: place(span), text }] });

  if (expected === DEEP) {
    const holes = { what: 'operators and brackets nest', most: MAX_DEPTH };
    return report('D0112', here, holes, { help: 'give names to parts of it' });
  }
  if (complaint.kind === 'comma') {
    const at = { start: before!.endOffset + 1, end: before!.endOffset + 1 };
    const fixes = [replace('insert `,`', at, ',')];
    return report('D0113', place(at), { after: foundText(before), found }, { fixes });
  }
  if (complaint.kind === 'no-return') {
    const name = tokens[complaint.start + 1];
    const help = 'the last statement of a block is `return` and its results';
    const holes = { name: excerpt(name?.image ?? '') };
    if (unreturned === undefined) return report('D0120', place(spanAt(complaint.start + 1)), holes, { help });
    const { start } = spanAt(unreturned);
    const fixes = [replace('insert `return`', { start, end: start }, 'return ')];
    return report('D0120', place(spanAt(unreturned)), holes, { help, fixes });
  }
  if (complaint.kind === 'after-return' && indentOf(source.text, here.span.start) < 0) {
    return report('D0101', here, { expected: '`}`', found });
  }
  if (complaint.kind === 'after-return') {
    return report('D0121', here, {}, { help: '`return` is the last statement of a block, outside of `if` and `for`' });
  }

  const foreign = foreignWord(tokens, complaint);
  if (foreign !== undefined) {
    const word = tokens[foreign]!.image;
    return report('D0108', place(spanAt(foreign)), { what: `\`${word}\``, instead: FOREIGN.get(word)! });
  }
  const reserved = reservedName(tokens, complaint);
  if (reserved !== undefined) {
    const word = tokens[reserved.index]!.image;
    const fixes = [replace(`write \`${word}_\``, spanAt(reserved.index), `${word}_`)];
    return report('D0114', place(spanAt(reserved.index)), { word, what: reserved.what }, { fixes });
  }
  const sign = SIGNS.find((entry) => entry.found === token?.image && entry.expected.test(expected));
  if (sign !== undefined) {
    const { wanted, what } = sign;
    const fixes = [replace(`write \`${wanted}\``, here.span, wanted)];
    return report('D0115', here, { found: sign.found, wanted, what }, { fixes });
  }
  const next = tokens[index + 1];
  if (expected === '`=` or `+=`' && /^[-*/%^]$/.test(token?.image ?? '') && next?.tokenType === T.Assign) {
    const both = { start: here.span.start, end: next.endOffset + 1 };
    const what = `\`${token!.image}=\``;
    return report('D0108', place(both), {
      what,
      instead: `write \`${excerpt(before!.image)} = ${excerpt(before!.image)} ${token!.image} …\``,
    });
  }
  const extras: Extras = { help: helpFor(tokens, complaint), fixes: quoted(tokens, complaint, place) };
  return report('D0101', here, { expected, found }, extras);
}

function foundText(token: T.Token | undefined): string {
  if (token === undefined) return 'the end of the file';
  if (token.tokenType === T.StringToken) return 'a string';
  if (token.inserted) return `the place of \`${token.tokenType.LABEL ?? ''}\``;
  return `\`${excerpt(token.image)}\``;
}

function foreignWord(tokens: readonly T.Token[], { start, index, resume }: Complaint): number | undefined {
  if (resume !== 'declaration' && resume !== 'statement') return undefined;
  const first = tokens[start];
  return first !== undefined && index - start <= 1 && FOREIGN.has(first.image) ? start : undefined;
}

/** A reserved word where a name was expected, or before the sign that only follows names. */
function reservedName(tokens: readonly T.Token[], { index, expected }: Complaint) {
  const isWord = (token: T.Token | undefined) =>
    token !== undefined && T.isReserved(token.image) && T.is(token, T.Name);
  if (/^(a name|the name of|a parameter|the next)/.test(expected) && isWord(tokens[index])) {
    const what =
      expected === 'a parameter' ? expected : expected.startsWith('the name of ') ? expected.slice(12) : 'anything';
    return { index, what };
  }
  const sign = tokens[index]?.tokenType;
  const next = tokens[index + 1]?.tokenType;
  if (expected.startsWith('a statement') && isWord(tokens[index]) && (next === T.Assign || next === T.PlusAssign)) {
    return { index, what: 'a value' };
  }
  if ((sign === T.Assign || sign === T.PlusAssign) && isWord(tokens[index - 1]) && !/^[`]\{/.test(expected)) {
    return { index: index - 1, what: 'a value' };
  }
  return undefined;
}

function helpFor(tokens: readonly T.Token[], { index, expected, resume }: Complaint): string | undefined {
  const token = tokens[index];
  const image = token?.image ?? '';
  if (token?.tokenType === T.PlusMinus) return '`+-` is the sign of a tolerance; write `+ -`';
  const known = HELP.find(
    (entry) => entry.expected.test(expected) && (entry.found === undefined || entry.found.test(image)),
  );
  if (known !== undefined) return known.help;
  if (expected === '`:`' && tokens[index - 1]?.image === 'in')
    return '`in` belongs to `for`: write `depth == 1 or depth == 2`';
  const [number, suffix] = tokens.slice(Math.max(0, index - 2), index);
  if (expected === '`:`' && number?.tokenType === T.NumberToken && /^[KMGT]$/.test(suffix?.image ?? ''))
    return `a suffix stands at its number: \`${number.image}${suffix!.image}\``;
  if (resume === 'declaration' && expected === 'a declaration' && token !== undefined && T.is(token, T.Id)) {
    const next = tokens[index + 1]?.tokenType;
    if (next === T.Assign) return `a constant is \`const ${excerpt(image)} = …\``;
    const near = nearest(image, DECLARATIONS);
    if (near !== undefined) return `did you mean \`${near}\`?`;
  }
  return undefined;
}

function quoted(
  tokens: readonly T.Token[],
  { index, expected }: Complaint,
  place: (span: Span) => Diagnostic['place'],
) {
  const token = tokens[index];
  if (token === undefined || !/in quotes$/.test(expected) || !T.is(token, T.Name)) return [];
  const span = { start: token.startOffset, end: token.endOffset + 1 };
  return [{ message: 'put it in quotes', edits: [{ place: place(span), text: `"${token.image}"` }] }];
}
