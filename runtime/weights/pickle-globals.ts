/**
 * The names that a pickle of weights may mention, and what they may be used for. Anything else, `os.system` say, is
 * refused as soon as it is mentioned. None of them is ever run: `made` becomes a description, `dict` a dictionary.
 */
export type Use =
  /** may be mentioned, not called */
  'name' | 'dict' | 'made';

const STORAGES = ['Float', 'Half', 'BFloat16', 'Double', 'Long', 'Int', 'Short', 'Char', 'Byte', 'Bool'];
const DTYPES = [
  'float64',
  'float32',
  'float16',
  'bfloat16',
  'float8_e4m3fn',
  'float8_e5m2',
  'int64',
  'int32',
  'int16',
  'int8',
].concat(['uint64', 'uint32', 'uint16', 'uint8', 'bool']);

/** What stands in training checkpoints beside the weights: arguments, counters, numpy scalars. */
const BESIDE = [
  'argparse.Namespace',
  'collections.Counter',
  'pathlib.Path',
  'pathlib.PosixPath',
  'pathlib.WindowsPath',
  'torch.Size',
]
  .concat([
    'torch.device',
    'numpy.dtype',
    'numpy.core.multiarray.scalar',
    'numpy._core.multiarray.scalar',
    '_codecs.encode',
  ])
  .concat(['builtins.set', '__builtin__.set']);

export const GLOBALS: ReadonlyMap<string, Use> = new Map<string, Use>([
  ...STORAGES.map((name) => [`torch.${name}Storage`, 'name'] as const),
  ...DTYPES.map((name) => [`torch.${name}`, 'name'] as const),
  ['torch.storage.UntypedStorage', 'name'],
  ['collections.OrderedDict', 'dict'],
  ['torch._utils._rebuild_tensor_v2', 'made'],
  ['torch._utils._rebuild_tensor_v3', 'made'],
  ['torch._utils._rebuild_parameter', 'made'],
  ['torch._utils._rebuild_parameter_with_state', 'made'],
  ...BESIDE.map((name) => [name, 'made'] as const),
]);
