/** What a model needs, held against what a file has: by name and shape, with a guess at what was meant. */
import { nearest } from '../../dsl/suggest.ts';
import { type Renaming, renamed } from './renaming.ts';

export interface Needed {
  readonly path: string;
  readonly shape: readonly number[];
  readonly trained: boolean;
}

export interface Missing extends Needed {
  /** a name of the file that fits nothing else and looks like this path */
  readonly nearest?: string;
}

export interface Unexpected {
  readonly name: string;
  readonly shape: readonly number[];
  /** a missing path that looks like it */
  readonly nearest?: string;
}

export interface OtherShape {
  readonly path: string;
  readonly name: string;
  readonly needed: readonly number[];
  readonly found: readonly number[];
}

export interface Matching {
  /** path of the model → name in the file */
  readonly matched: ReadonlyMap<string, string>;
  readonly missing: readonly Missing[];
  readonly otherShape: readonly OtherShape[];
  /** several names of the file that stand for one path */
  readonly clashes: readonly { readonly path: string; readonly names: readonly string[] }[];
  readonly unexpected: readonly Unexpected[];
  /** names without the prefix: of other models in the file */
  readonly outside: readonly string[];
  /** a prefix that would match more, were it stripped */
  readonly prefix?: { readonly text: string; readonly matches: number };
}

/** Whether every path is there, once, with its shape. What else the file has does no harm. */
export const isComplete = ({ missing, otherShape, clashes }: Matching): boolean =>
  missing.length + otherShape.length + clashes.length === 0;

type Has = ReadonlyMap<string, { readonly shape: readonly number[] }>;

const sameShape = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((dim, i) => dim === b[i]);

export function matchWeights(needed: readonly Needed[], has: Has, renaming: Renaming = {}): Matching {
  const byPath = new Map<string, string[]>();
  const outside: string[] = [];
  for (const name of has.keys()) {
    const path = renamed(name, renaming);
    if (path === undefined) outside.push(name);
    else byPath.set(path, [...(byPath.get(path) ?? []), name]);
  }
  const matched = new Map<string, string>();
  const missing: Needed[] = [];
  const otherShape: OtherShape[] = [];
  for (const need of needed) {
    const name = byPath.get(need.path)?.[0];
    const found = name === undefined ? undefined : has.get(name)!.shape;
    if (name === undefined || found === undefined) missing.push(need);
    else if (sameShape(need.shape, found)) matched.set(need.path, name);
    else otherShape.push({ path: need.path, name, needed: need.shape, found });
  }
  const paths = new Set(needed.map(({ path }) => path));
  const unexpected = [...byPath]
    .filter(([path]) => !paths.has(path))
    .map(([path, [name]]) => ({ path, name: name!, shape: has.get(name!)!.shape }));
  const clashes = [...byPath].filter(([, names]) => names.length > 1).map(([path, names]) => ({ path, names }));
  const likeMissing = guesser(unexpected);
  const likeUnexpected = guesser(missing);
  return {
    matched,
    missing: missing.map((need) => ({ ...need, nearest: likeMissing(need)?.name })),
    otherShape,
    clashes,
    unexpected: unexpected.map((each) => ({ name: each.name, shape: each.shape, nearest: likeUnexpected(each)?.path })),
    outside,
    prefix: missing.length > 0 ? missingPrefix(needed, has, matched.size) : undefined,
  };
}

interface Candidate {
  readonly path: string;
  readonly shape: readonly number[];
}

/** Guesses are for people, who read some and not thousands. */
const MOST_GUESSES = 200;
const MOST_CANDIDATES = 400;

/** `blocks.3.attn` is never meant by `blocks.4.attn`, however alike they look. */
const numbersOf = (path: string): string => (path.match(/\d+/g) ?? []).join('.');

/** A search for the most alike of `candidates`, first among those of the same shape. */
function guesser<C extends Candidate>(candidates: readonly C[]): (like: Candidate) => C | undefined {
  const groups = new Map<string, Map<string, C>>();
  const add = (key: string, candidate: C) => {
    const group = groups.get(key) ?? new Map<string, C>();
    if (group.size < MOST_CANDIDATES) group.set(candidate.path, candidate);
    groups.set(key, group);
  };
  for (const candidate of candidates) {
    add(`${numbersOf(candidate.path)} ${candidate.shape.join()}`, candidate);
    add(numbersOf(candidate.path), candidate);
  }
  let guesses = 0;
  return ({ path, shape }) => {
    if (++guesses > MOST_GUESSES) return undefined;
    for (const key of [`${numbersOf(path)} ${shape.join()}`, numbersOf(path)]) {
      const group = groups.get(key);
      const found = group && nearest(path, group.keys());
      if (found !== undefined) return group?.get(found);
    }
    return undefined;
  };
}

/** The text before most of the needed paths in the file, if it brings more than there is without. */
function missingPrefix(needed: readonly Needed[], has: Has, before: number): Matching['prefix'] {
  const paths = new Set(needed.map(({ path }) => path));
  const votes = new Map<string, number>();
  for (const name of has.keys()) {
    for (let dot = name.indexOf('.'); dot >= 0 && dot < 100; dot = name.indexOf('.', dot + 1)) {
      if (!paths.has(name.slice(dot + 1))) continue;
      const prefix = name.slice(0, dot + 1);
      votes.set(prefix, (votes.get(prefix) ?? 0) + 1);
      break;
    }
  }
  const [best] = [...votes].sort(([, a], [, b]) => b - a);
  return best !== undefined && best[1] > before ? { text: best[0], matches: best[1] } : undefined;
}
