/** Ops that only move elements: slices, their adjoint, and joins. */
import { axisOf, cast, type Lowering, numberOf, read } from './lowering.ts';

const slice: Lowering = (node) => {
  const x = read(node, 0);
  const size = node.result.shape;
  const begin = size.map(() => 0);
  begin[axisOf(node, size.length)] = numberOf(node, 'start');
  return (scope) => scope.run('Slice', { x: x(scope) }, { begin, size });
};

/** Bools are joined as ints, which every backend can. */
const concat: Lowering = (node) => {
  const { dtype, shape } = node.result;
  const reads = node.operands.map((_, at) => read(node, at, dtype === 'bool' ? 'int' : dtype));
  const axis = axisOf(node, shape.length);
  if (reads.length === 1) return read(node, 0, dtype);
  return (scope) => {
    const joined = scope.run(
      'Concat',
      reads.map((each) => each(scope)),
      { axis },
    );
    return dtype === 'bool' ? cast(scope, joined, 'bool') : joined;
  };
};

/** Zeros before and after along one axis. */
const pad: Lowering = (node) => {
  const { shape } = node.result;
  const axis = axisOf(node, shape.length);
  const before = numberOf(node, 'before');
  const after = shape[axis]! - before - node.operands[0]!.type.shape[axis]!;
  const paddings = shape.map((_, at) => (at === axis ? [before, after] : [0, 0]));
  const x = read(node, 0);
  return (scope) => scope.run('PadV2', { x: x(scope) }, { paddings, constantValue: 0 });
};

export const MOVEMENT = { slice, concat, pad } as const satisfies Readonly<Record<string, Lowering>>;
