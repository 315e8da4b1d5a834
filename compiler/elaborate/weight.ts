/** `param` and `frozen`: the only statements that own weights. */
import type { Weight as WeightStmt } from '../../dsl/tree.ts';
import type { Init } from '../ir/graph.ts';
import { isBatch, sameShape, showType, type TensorType } from '../ir/type.ts';
import { coerce } from './coerce.ts';
import { type Frame, fail, placeOf } from './context.ts';
import { shapeOf } from './dims.ts';
import { prefixOf } from './paths.ts';
import { dtypeOf } from './signature.ts';
import { ERROR, type InitTerm } from './term.ts';

/** No tensor of a model is larger; more elements are a mistake. */
const MAX_ELEMENTS = 2 ** 45;

export function weight(stmt: WeightStmt, frame: Frame): void {
  const name = stmt.name.text;
  const type = typeOf(stmt, frame);
  const term = coerce(
    frame.evaluate.expression(stmt.init, frame, { type: { kind: 'basic', basic: 'init' } }),
    { kind: 'basic', basic: 'init' },
    false,
    `the weight \`${name}\``,
    stmt.init.span,
    frame,
  );
  const path = stmt.path === undefined ? name : prefixOf(stmt.path, frame)?.path;
  const init = type === undefined || term.kind !== 'init' ? undefined : initOf(term, type, stmt, frame);
  if (type === undefined || init === undefined || path === undefined) {
    frame.names.set(name, ERROR);
    return;
  }
  const made = { path, type, trained: stmt.trained, init, place: placeOf(frame, stmt.name.span) };
  frame.build.own({ kind: 'weight', weight: made, shared: stmt.path?.shared ?? false });
  const value = frame.build.weight(made);
  frame.build.nameValue(value, name);
  frame.names.set(name, { kind: 'tensor', value, type });
}

function typeOf(stmt: WeightStmt, frame: Frame): TensorType | undefined {
  const { type } = stmt;
  const wrong = (why: string, help?: string): undefined => {
    fail(frame, 'D0406', type.span, { why }, { help });
    return undefined;
  };
  const dtype = dtypeOf(type);
  if (dtype === undefined || type.shape === undefined)
    return wrong('a weight is a tensor', 'write its dims: `[out, in]`');
  if (type.optional) return wrong('a weight cannot be `none`', 'put it inside an `if`');
  if (dtype !== 'f32' && stmt.trained) return wrong(`an ${dtype} weight cannot be trained`, 'write `frozen`');
  const shape = shapeOf(type.shape, frame);
  if (shape === undefined) return undefined;
  if (shape.some(isBatch))
    return wrong(
      `the weight \`${stmt.name.text}\` would depend on the batch: \`${showType({ dtype, shape })}\``,
      'repeat it for every sample: `repeat(w, "d -> n d", n: N)`',
    );
  if (shape.reduce<number>((product, dim) => product * (dim as number), 1) > MAX_ELEMENTS)
    return wrong(`the weight \`${showType({ dtype, shape })}\` is too large`);
  return { dtype, shape };
}

/** The initial value for this shape: fans are found, a constant tensor must have the shape. */
function initOf(term: InitTerm, type: TensorType, stmt: WeightStmt, frame: Frame): Init | undefined {
  const { init } = term;
  const wrong = (given: string): undefined => {
    fail(
      frame,
      'D0405',
      stmt.init.span,
      { declared: showType(type), given },
      { labels: [{ place: placeOf(frame, stmt.type.span), text: 'declared here' }] },
    );
    return undefined;
  };
  if (init.kind === 'tensor') {
    const given = init.graph.values[init.graph.results[0]!.value]!.type;
    if (!sameShape(given.shape, type.shape)) return wrong(`a tensor \`${showType(given)}\``);
    if (given.dtype !== type.dtype && !(given.dtype === 'int' && type.dtype === 'f32'))
      return wrong(`a tensor \`${showType(given)}\``);
    return init;
  }
  if (type.dtype !== 'f32' && init.kind !== 'fill') return wrong('a random draw of f32');
  if (init.kind !== 'xavier_uniform') return init;
  if (init.fans !== undefined) return { kind: 'xavier_uniform', fanIn: init.fans[0], fanOut: init.fans[1] };
  if (type.shape.length < 2) return wrong('`xavier_uniform`, which needs two axes or more');
  const [fanOut, ...rest] = type.shape as readonly number[];
  return { kind: 'xavier_uniform', fanIn: rest.reduce((product, dim) => product * dim, 1), fanOut: fanOut! };
}
