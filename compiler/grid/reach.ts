/** Which declarations a point is made of: the blocks that its graphs are instances of, and what those and its recipe name. */

import type { ModelInstance } from '../elaborate/model.ts';
import type { Entries } from '../elaborate/recipe.ts';
import { isEntries } from '../elaborate/recipe.ts';
import type { Spec } from '../elaborate/spec.ts';
import type { Term } from '../elaborate/term.ts';
import { calledGraphs } from '../ir/callees.ts';
import type { FoldedGraph } from '../ir/graph.ts';
import { type Declared, reachOf } from './source-digest.ts';

export interface Reach {
  ofModel(model: ModelInstance): ReadonlySet<Declared>;
  ofRecipe(recipe: Entries): readonly Declared[];
}

export function createReach(spec: Spec): Reach {
  const byPlace = new Map<string, Declared>();
  for (const { file, names } of spec.scopes.values())
    for (const symbol of names.values())
      if (symbol.scope.file === file) byPlace.set(placeKey(file.source.path, symbol.decl.name.span.start), symbol);
  const known = new WeakMap<FoldedGraph, readonly Declared[]>();
  const declaredBy = (graph: FoldedGraph): readonly Declared[] => {
    let list = known.get(graph);
    if (list === undefined) {
      const { place } = graph;
      const symbol = place && byPlace.get(placeKey(place.source.path, place.span.start));
      // other blocks count where they are called; values count where they are named
      list = symbol === undefined ? [] : [symbol, ...reachOf(symbol, isValue)];
      known.set(graph, list);
    }
    return list;
  };
  const recipes = new WeakMap<Entries, readonly Declared[]>();
  const ofRecipe = (entries: Entries): readonly Declared[] => {
    let list = recipes.get(entries);
    if (list === undefined) recipes.set(entries, (list = [...blocksIn(entries)].flatMap((block) => reachOf(block))));
    return list;
  };
  return {
    ofRecipe,
    ofModel({ folded: { inference, training } }) {
      const all = new Set<Declared>();
      for (const root of new Set([inference, training]))
        for (const graph of calledGraphs(root)) for (const symbol of declaredBy(graph)) all.add(symbol);
      return all;
    },
  };
}

const placeKey = (path: string, start: number): string => `${path}:${start}`;

const isValue = ({ kind }: Declared): boolean => kind === 'const' || kind === 'record' || kind === 'enum';

function* blocksIn(value: Entries | Term): Iterable<Declared> {
  if (isEntries(value as Entries)) {
    for (const { value: inner } of (value as Entries).values()) yield* blocksIn(inner);
    return;
  }
  const term = value as Term;
  if (term.kind === 'block') {
    yield term.block;
    for (const inner of term.filled.values()) yield* blocksIn(inner);
  } else if (term.kind === 'record') for (const inner of term.fields.values()) yield* blocksIn(inner);
  else if (term.kind === 'list') for (const inner of term.items) yield* blocksIn(inner);
  else if (term.kind === 'word')
    for (const inner of [...term.positional, ...term.named.values()]) yield* blocksIn(inner);
}
