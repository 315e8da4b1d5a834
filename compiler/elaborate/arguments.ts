/** Which argument goes to which parameter: the piped value first, then by position, then by name. */
import type { Span } from '../../dsl/span.ts';
import { nearest } from '../../dsl/suggest.ts';
import type { Expr } from '../../dsl/tree.ts';
import { type CallSite, type Frame, fail, placeOf } from './context.ts';
import { type BlockTerm, type OpTerm, showTerm, type Term } from './term.ts';

/** An argument before it is evaluated; a piped value is evaluated already. */
export interface Given {
  readonly expr?: Expr;
  readonly term?: Term;
  readonly span: Span;
}

export interface Matched {
  readonly given: ReadonlyMap<string, Given>;
  /** arguments were wrong; what could be matched was */
  readonly sound: boolean;
}

/** What was matched at a place of the text, for the parameters that it was matched to. */
interface Known {
  readonly parameters: readonly string[];
  readonly piped: boolean;
  readonly matched: Matched;
}
const known = new WeakMap<CallSite['args'], Known>();

/**
 * Matches the arguments of a call to parameter names. `open` is set where arguments with other names are kept too (the
 * sizes of a pattern). Calls with the same list of parameters are matched once.
 */
export function matchArguments(site: CallSite, parameters: readonly string[], frame: Frame, open = false): Matched {
  const piped = site.piped !== undefined;
  const before = known.get(site.args);
  if (before !== undefined && before.parameters === parameters && before.piped === piped) {
    if (!piped) return before.matched;
    return { given: new Map(before.matched.given).set(parameters[0]!, site.piped!), sound: true };
  }
  const matched = match(site, parameters, frame, open);
  if (matched.sound) known.set(site.args, { parameters, piped, matched });
  return matched;
}

function match(site: CallSite, parameters: readonly string[], frame: Frame, open: boolean): Matched {
  const given = new Map<string, Given>();
  const callee = site.callee.text;
  const positional: Given[] = [];
  if (site.piped !== undefined) positional.push({ term: site.piped.term, span: site.piped.span });
  for (const arg of site.args) if (arg.name === undefined) positional.push({ expr: arg.value, span: arg.value.span });
  let sound = true;
  if (positional.length > parameters.length) {
    sound = false;
    fail(frame, 'D0324', positional[parameters.length]!.span, {
      callee,
      takes: parameters.length,
      given: positional.length,
    });
  }
  for (const [index, argument] of positional.entries()) {
    const name = parameters[index];
    if (name !== undefined) given.set(name, argument);
  }
  for (const arg of site.args) {
    if (arg.name === undefined) continue;
    const name = arg.name.text;
    const earlier = given.get(name);
    if (earlier !== undefined) {
      sound = false;
      fail(
        frame,
        'D0323',
        arg.name.span,
        { name, callee },
        { labels: [{ place: placeOf(frame, earlier.span), text: 'first given here' }] },
      );
    } else if (!open && !parameters.includes(name)) {
      sound = false;
      const close = nearest(
        name,
        parameters.filter((parameter) => !given.has(parameter)),
      );
      fail(
        frame,
        'D0322',
        arg.name.span,
        { name, callee },
        {
          help:
            close !== undefined
              ? `did you mean \`${close}\`?`
              : parameters.length > 0
                ? `it has ${parameters.map((p) => `\`${p}\``).join(', ')}`
                : 'it has no parameters',
          fixes:
            close === undefined
              ? []
              : [{ message: `write \`${close}\``, edits: [{ place: placeOf(frame, arg.name.span), text: close }] }],
        },
      );
    } else {
      given.set(name, { expr: arg.value, span: arg.value.span });
    }
  }
  return { given, sound };
}

/** A call gives what its callee has filled in already: of `F(k: v)` the rest is open. */
export function filledIn(callee: BlockTerm | OpTerm, name: string, span: Span, frame: Frame): Term {
  const own = callee.kind === 'block' ? callee.block.decl.name.text : callee.op;
  const shown = showTerm(callee);
  return fail(
    frame,
    'D0323',
    span,
    { name, callee: own },
    {
      text: 'given here',
      notes: [`the block that is called is \`${shown}\``],
      help: `leave \`${name}\` out of \`${shown}\`, or out of this call`,
    },
  );
}
