/**
 * The lock of a plan: its points with their digests, and everything that decides them, a line each, so that a pull
 * request shows which points a change of a spec changes. A text for people and for the next plan; nothing in it depends
 * on the machine or the folder.
 */

import { type ModelInstance, settleSettings } from '../elaborate/model.ts';
import type { Spec } from '../elaborate/spec.ts';
import type { Scope } from '../elaborate/symbol.ts';
import { digestOf } from '../ir/digest.ts';
import { sha256 } from '../ir/sha256.ts';
import { type Blame, createBlame } from './blame.ts';
import { type Flat, flatRecipe, flatSettings, spelledOut } from './flat.ts';
import type { Grid } from './grid.ts';
import { lineText } from './grid-lines.ts';
import type { PlanPoint } from './plan.ts';
import { createReach } from './reach.ts';
import { type Declared, ownDigest } from './source-digest.ts';

export interface LockedPoint {
  readonly name: string;
  readonly digest: string;
  readonly params: number;
  readonly macs: number;
  readonly set: Flat;
  /** of its graphs alone, without recipe and seed; older locks have none */
  readonly model?: string;
}

export interface Lock {
  /** of this format */
  readonly lock: 1;
  readonly ditc: string;
  readonly grid: string;
  /** what the grid says, a line each in canonical form; older locks have none */
  readonly lines?: readonly string[];
  /** settings of the base, flat */
  readonly base: Flat;
  readonly recipe: Flat;
  /** what the names stand for that axes give */
  readonly values: Flat;
  /** `dit.dit AdaLNZeroBlock`: the digest of each declaration that a point is made of */
  readonly declarations: Flat;
  readonly points: readonly LockedPoint[];
  readonly rejected: number;
  readonly duplicates: number;
}

/** A lock, and what only the plan at hand knows of it. */
export interface Locked {
  readonly lock: Lock;
  /** the declarations of a point, by their keys in the lock */
  readonly declarationsOf: (point: string) => Declarations;
  readonly blame: Blame;
  readonly symbolOf: (key: string) => Declared | undefined;
}

/** What the graphs of a point are made of, and what its recipe is. */
export interface Declarations {
  readonly model: ReadonlySet<string>;
  readonly recipe: ReadonlySet<string>;
}

export interface LockWriter {
  add(point: PlanPoint): void;
  finish(rejected: number, duplicates: number): Locked;
}

const SHORT = 16;
const short = (digest: string): string => digest.slice(0, SHORT);

/** `fileOf` names a file in the same way wherever the command runs. */
export function createLockWriter(
  spec: Spec,
  grid: Grid,
  version: string,
  fileOf: (scope: Scope) => string,
): LockWriter {
  const reach = createReach(spec);
  const points: LockedPoint[] = [];
  const symbols = new Map<string, Declared>();
  const keys = new Map<Declared, string>();
  const sets = new Map<string, ReadonlySet<string>>();
  const byPoint = new Map<string, Declarations>();
  const keyOf = (symbol: Declared): string => {
    let key = keys.get(symbol);
    if (key === undefined) keys.set(symbol, (key = `${fileOf(symbol.scope)} ${symbol.decl.name.text}`));
    symbols.set(key, symbol);
    return key;
  };
  const setOf = (declared: Iterable<Declared>): ReadonlySet<string> => {
    const all = new Set([...declared].map(keyOf));
    const text = [...all].sort().join('\n');
    if (!sets.has(text)) sets.set(text, all);
    return sets.get(text)!;
  };
  return {
    add(point) {
      const { name, digest, facts, set, model, recipe } = point;
      points.push({
        name,
        digest: short(digest),
        model: short(modelDigest(model)),
        params: facts.params,
        macs: facts.macs,
        set: Object.fromEntries(set),
      });
      byPoint.set(name, { model: setOf(reach.ofModel(model)), recipe: setOf(reach.ofRecipe(recipe)) });
    },
    finish(rejected, duplicates) {
      const { settings } = settleSettings(grid.base.model, grid.base.settings, '', spec.instances);
      const lock: Lock = {
        lock: 1,
        ditc: version,
        grid: grid.name,
        lines: grid.symbol.decl.varies.map(lineText),
        base: flatSettings(settings ?? grid.base.settings),
        recipe: grid.recipe === undefined ? {} : flatRecipe(grid.recipe.entries),
        values: valuesOf(grid),
        declarations: Object.fromEntries(
          [...symbols].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, symbol]) => [key, short(ownDigest(symbol))]),
        ),
        points,
        rejected,
        duplicates,
      };
      const none: Declarations = { model: new Set(), recipe: new Set() };
      return {
        lock,
        declarationsOf: (name) => byPoint.get(name) ?? none,
        blame: createBlame(grid),
        symbolOf: (key) => symbols.get(key),
      };
    },
  };
}

const modelDigest = ({ folded: { inference, training } }: ModelInstance): string =>
  sha256(`${digestOf(inference)} ${digestOf(training)}`);

/** Values of axes that are shown by a name. */
function valuesOf(grid: Grid): Flat {
  const values: Record<string, string> = {};
  for (const { moves } of grid.groups)
    for (const move of moves)
      for (const { term, shown } of move) {
        const full = spelledOut(term);
        if (full !== shown && term.kind === 'record') values[shown] = full;
      }
  return values;
}

/** One line for every point and every thing that decides points. */
export function lockText(lock: Lock): string {
  const fields = Object.entries(lock).map(([name, value]) => `  ${JSON.stringify(name)}: ${fieldText(value)}`);
  return `{\n${fields.join(',\n')}\n}\n`;
}

function fieldText(value: Lock[keyof Lock]): string {
  if (typeof value !== 'object') return JSON.stringify(value);
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const lines = Array.isArray(value)
    ? value.map((item) => `    ${JSON.stringify(item)}`)
    : Object.entries(value).map(([name, item]) => `    ${JSON.stringify(name)}: ${JSON.stringify(item)}`);
  return lines.length === 0 ? open + close : `${open}\n${lines.join(',\n')}\n  ${close}`;
}
