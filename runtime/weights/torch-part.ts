/**
 * Which dictionary of a checkpoint holds the weights. A training checkpoint of the official DiT code is `{model, ema, opt,
 * args}`; other code writes `{state_dict, epoch}`, or the weights alone. A part is named by its keys, joined by `/`.
 */
import { type Dict, isKind, type Pickled } from './pickle-value.ts';
import { isTensor } from './torch-tensor.ts';

/** Taken in this order when nobody says which: what the official code samples from, then what it trains. */
const PREFERRED = ['ema', 'model', 'state_dict'];

const DEEPEST = 4;

/** Entries of dictionaries that are met again, under another name, and looked into once more. */
const MOST_AGAIN = 2 ** 16;

/** Longer keys name no part: paths of many parts under a key of megabytes would fill the memory. */
const LONGEST_KEY = 256;

/** A key of a dictionary as the name of a tensor or a part: a text, or a number as PyTorch's optimisers have them. */
export const nameOf = (key: Pickled): string | undefined =>
  typeof key === 'string' ? key : typeof key === 'number' ? String(key) : undefined;

const hasTensors = (dict: Dict): boolean => [...dict.entries.values()].some(isTensor);

/** The paths of all dictionaries with tensors in them; `` is the outermost. One may have several: `model` and `ema`. */
export function parts(root: Pickled): Map<string, Dict> {
  const found = new Map<string, Dict>();
  const seen = new Set<Dict>();
  let again = MOST_AGAIN;
  const visit = (value: Pickled, path: string, above: readonly Dict[]): void => {
    if (!isKind(value, 'dict') || above.includes(value)) return;
    if (seen.has(value)) {
      again -= value.entries.size + 1;
      if (again < 0) return;
    }
    seen.add(value);
    if (hasTensors(value)) found.set(path, value);
    if (above.length === DEEPEST) return;
    for (const [key, inner] of value.entries) {
      const name = nameOf(key);
      if (name !== undefined && name.length <= LONGEST_KEY)
        visit(inner, path === '' ? name : `${path}/${name}`, [...above, value]);
    }
  };
  visit(root, '', []);
  return found;
}

export function preferredPart(found: ReadonlyMap<string, Dict>): string | undefined {
  if (found.has('')) return '';
  const named = PREFERRED.find((name) => found.has(name));
  if (named !== undefined) return named;
  const shallow = [...found.keys()].filter((path) => !path.includes('/'));
  return new Set(shallow.map((path) => found.get(path))).size === 1 ? shallow[0] : undefined;
}
