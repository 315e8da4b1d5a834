/** Names of a spec as names of TypeScript. */

/** What an emitted function can not call its own. */
const RESERVED = new Set(
  (
    'arguments await boolean break case catch class const continue debugger default delete do else enum eval export extends false ' +
    'finally for function if implements import in instanceof interface let new null number package private protected ' +
    'public return static string super switch this throw true try typeof undefined var void while with yield tf tfl Tensor Weights ' +
    'n w i kept within'
  ).split(' '),
);

/** What of a name's start is one word of its own: `RMS` of `RMSNorm`, `DiT` of `DiTBlock`; of `UViT` it is `U`. */
const FIRST_WORD = /^[A-Z][a-z][A-Z](?![a-z]|[A-Z](?![a-z]))|^[A-Z]+(?![a-z])|^[A-Z]/;

/** `adaLN_modulation.1` → `adaLNModulation1`; `AdaLNZeroBlock` → `adaLNZeroBlock`; `DiT` → `dit` */
export function camelCase(name: string): string {
  const [first = '', ...rest] = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const start = first.replace(FIRST_WORD, (word) => word.toLowerCase());
  const lower = start + rest.map((word) => word[0]!.toUpperCase() + word.slice(1)).join('');
  return lower === '' ? 'value' : /^\d/.test(lower) ? `_${lower}` : lower;
}

export const pascalCase = (name: string): string => {
  const camel = camelCase(name);
  const plain = name.split(/[^A-Za-z0-9]+/)[0] ?? '';
  return /^[A-Z]/.test(plain) ? plain + camel.slice(plain.length) : camel[0]!.toUpperCase() + camel.slice(1);
};

/** `AdaLNZeroBlock` → `adaln-zero-block`, `DiT` → `dit` */
export const kebabCase = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z][a-z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();

/** Gives every name once: the second `x` is `x2`, and what is `taken` is `xOut`. */
export function uniqueNames(taken: Iterable<string> = [], suffix = 'Out'): (wanted: string) => string {
  const foreign = new Set<string>([...RESERVED, ...taken]);
  const used = new Set<string>(foreign);
  return (asked) => {
    const wanted = foreign.has(asked) ? `${asked}${suffix}` : asked;
    let name = wanted;
    for (let again = 2; used.has(name); again++) name = /\d$/.test(wanted) ? `${wanted}_${again}` : `${wanted}${again}`;
    used.add(name);
    return name;
  };
}

/** What values without a name are called, by the op that makes them. */
export const NOUNS: Readonly<Record<string, string>> = {
  add: 'sum',
  sub: 'difference',
  mul: 'scaled',
  div: 'ratio',
  einsum: 'product',
  softmax: 'shares',
  layernorm: 'normed',
  rmsnorm: 'normed',
  rearrange: 'arranged',
  repeat: 'repeated',
  reduce: 'reduced',
  concat: 'joined',
  slice: 'part',
  gather: 'picked',
  scatter: 'spread',
  silu: 'active',
  gelu: 'active',
  gelu_tanh: 'active',
};
