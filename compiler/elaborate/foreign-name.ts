/** What the names of PyTorch and Python are called here: said where one of them is not known. */

const PATTERN = '`rearrange(x, "n t (h k) -> n h t k", h: 4)` says which axes are split, joined and moved';
const COPIES = '`repeat(x, "n d -> n t d", t: 16)` copies';
const REDUCTION = 'write `reduce(x, "n t d -> n d", "mean")`; `"sum"`, `"max"` and `"min"` likewise';
const PRODUCT = 'write `einsum("n t d, n s d -> n t s", a, b)`';
const BARE = 'ops and layers are called by their names alone: `silu(x)`, `Linear(x, 32) as proj`';
const DIMS = 'dims have names in the signature of a block: `block f(x: [N, T, D]) -> …`';
const DRAW = 'the runtime draws it: `input z: normal[N, 16]`, or `uniform`; a weight begins as `normal(0.02)`';
const FILLED = 'a number goes with every tensor: `x * 0`, `concat` and `pad` need no tensor of zeros';

const HELP: ReadonlyMap<string, string> = new Map(
  Object.entries({
    True: 'write `true`',
    False: 'write `false`',
    None: 'write `none`; a new axis of an index is `_`',
    self: 'a block has no `self`: a call makes its weights, `h = Linear(x, 32) as proj`',
    torch: BARE,
    nn: BARE,
    F: BARE,
    np: BARE,
    math: BARE,
    range: 'write `for i in 0..4`',
    enumerate: 'write `for i, item in list`',
    int: '`floor` and `ceil` round',
    round: '`floor` and `ceil` round',
    relu: 'write `max(x, 0)`',
    ReLU: 'write `max(x, 0)`',
    SiLU: 'write `silu(x)`',
    GELU: 'write `gelu(x)`, or `gelu_tanh(x)`',
    matmul: PRODUCT,
    bmm: PRODUCT,
    mm: PRODUCT,
    cat: 'write `concat([a, b], axis: 1)`',
    stack: 'write `concat([a[:, _, :], b[:, _, :]], axis: 1)`',
    chunk: 'write `a, b = split(x, 2)`, along `axis: -1` if none is said',
    unbind: 'write `q, k, v = rearrange(x, "n t (3 d) -> 3 n t d")`',
    mean: REDUCTION,
    sum: REDUCTION,
    amax: REDUCTION,
    var: REDUCTION,
    reshape: PATTERN,
    view: PATTERN,
    permute: PATTERN,
    transpose: PATTERN,
    flatten: PATTERN,
    unflatten: PATTERN,
    squeeze: PATTERN,
    T: PATTERN,
    unsqueeze: 'write `x[:, _, :]`',
    expand: COPIES,
    repeat_interleave: COPIES,
    tile: COPIES,
    shape: DIMS,
    size: DIMS,
    zeros: FILLED,
    ones: FILLED,
    zeros_like: FILLED,
    ones_like: FILLED,
    randn: DRAW,
    rand: DRAW,
    randn_like: DRAW,
    rand_like: DRAW,
    chunks: 'write `a, b = split(x, 2)`',
    roll: 'write `concat([x[:, 1:, :], x[:, :1, :]], axis: 1)`',
    dropout: 'draw what to keep: `if training { input draw: uniform[N, 16] }`, and then `where(draw < 0.9, x, 0)`',
    Dropout: 'draw what to keep: `if training { input draw: uniform[N, 16] }`, and then `where(draw < 0.9, x, 0)`',
    Sequential: 'calls follow one another: `Linear(x, 64) as net.0 |> silu |> Linear(32) as net.2`',
    ModuleList: 'a loop numbers its weights: `for i in 0..4 { x = Layer(x) as blocks[i] }`',
    Parameter: 'a weight is `param w: [D] = 0`',
    Tensor: 'a tensor is declared by its dims: `[N, T, D]`',
    tensor: 'a tensor is declared by its dims: `[N, T, D]`',
    str: 'write `string`',
    Callable: 'write `block`',
  }),
);

export const foreignHelp = (name: string): string | undefined => HELP.get(name);

/** Python's constants differ by their first letter only. */
export const foreignFix = (name: string): string | undefined =>
  name === 'True' ? 'true' : name === 'False' ? 'false' : undefined;
