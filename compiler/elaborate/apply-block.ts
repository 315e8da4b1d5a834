/**
 * Blocks that the runtime composes into programs (noising, losses, sampler steps, optimisers) meet their tensors by name:
 * each tensor parameter takes the available tensor of its name.
 */
import type { Diagnostic } from '../../dsl/diagnostic.ts';
import type { Arg } from '../../dsl/tree.ts';
import type { Builder, FoldingBuilder } from '../ir/builder.ts';
import type { FoldedOwned, Owned, Value } from '../ir/graph.ts';
import { unrolled } from '../ir/unroll.ts';
import { createSession } from './context.ts';
import { EVALUATOR } from './evaluator.ts';
import { createFrame } from './frame.ts';
import type { Instances } from './instances.ts';
import { signatureOf } from './signatures.ts';
import type { BlockTerm, Term } from './term.ts';

/** What a block reads and gives, without looking into it. */
export interface BlockNames {
  readonly required: readonly string[];
  readonly optional: readonly string[];
  /** declared names of results; a result named as a parameter is that parameter's next value */
  readonly results: readonly (string | undefined)[];
}

export function namesOf({ block, filled }: BlockTerm): BlockNames {
  const { parameters, results } = signatureOf(block);
  const tensors = parameters.filter((parameter) => parameter.kind === 'tensor' && !filled.has(parameter.name));
  return {
    required: tensors.flatMap(({ name, optional }) => (optional ? [] : [name])),
    optional: tensors.flatMap(({ name, optional }) => (optional ? [name] : [])),
    results: results.map(({ name }) => name),
  };
}

export interface Applied {
  /** one a declared result, in order; none where the block returns `none` */
  readonly results: readonly { readonly name?: string; readonly value?: Value }[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Calls a block in the graph that is being built, with the available tensors that it names. What is wrong (a tensor that
 * is not there, shapes that do not agree) is in the diagnostics, and then there are no results.
 */
export function applyBlock(
  term: BlockTerm,
  build: Builder,
  available: ReadonlyMap<string, Value>,
  instances: Instances,
): Applied {
  const { block } = term;
  const session = createSession(instances, '', true);
  const frame = createFrame({ session, scope: block.scope, build: unrolling(build), what: '', evaluate: EVALUATOR });
  const { name: callee } = block.decl;
  const args: Arg[] = [];
  for (const parameter of signatureOf(block).parameters) {
    const value = parameter.kind === 'tensor' ? available.get(parameter.name) : undefined;
    if (value === undefined) continue;
    const name = { text: `tensor ${parameter.name}`, span: parameter.param.span };
    frame.names.set(name.text, { kind: 'tensor', value, type: build.typeOf(value) });
    args.push({
      name: { text: parameter.name, span: name.span },
      value: { kind: 'name', name, span: name.span },
      span: name.span,
    });
  }
  frame.names.set(callee.text, term);
  // a block that asks for no tensor that is there is called all the same, not filled in
  const result = frame.evaluate.call({ callee, args, span: callee.span }, frame, {
    prefix: { path: '', shared: false, span: callee.span },
  });
  if (session.failed || result.kind === 'error') return { results: [], diagnostics: session.diagnostics };
  const parts: readonly Term[] = result.kind === 'list' ? result.items : [result];
  const { results } = signatureOf(block);
  return {
    results: parts.map((part, index) => ({
      name: results[index]?.name,
      value: part.kind === 'tensor' ? part.value : undefined,
    })),
    diagnostics: session.diagnostics,
  };
}

/** Programs run, so what is elaborated for them comes into them unrolled. */
const unrolling = (build: Builder): FoldingBuilder => ({
  ...build,
  call: (callee, ...rest) => build.call(unrolled(callee), ...rest),
  own: (owned) => build.own(unrolledOwned(owned)),
  fold() {
    throw new Error('a program has no loops');
  },
});

const unrolledOwned = (owned: FoldedOwned): Owned =>
  owned.kind === 'weight' ? owned : { ...owned, callee: unrolled(owned.callee), times: undefined };
