/** Softmax and the norms without weights, over the last axis. */
import type { Scope, Tensor } from './kernels.ts';
import { type Lowering, numberOf, read } from './lowering.ts';

const softmax: Lowering = (node) => {
  const x = read(node, 0, 'f32');
  const dim = node.result.shape.length - 1;
  return (scope) => scope.run('Softmax', { logits: x(scope) }, { dim });
};

const lastMean = (scope: Scope, x: Tensor): Tensor =>
  scope.run('Mean', { x }, { axis: [x.shape.length - 1], keepDims: true });

/** x / √(mean x² + ε), of x − mean x where `centred` */
const norm =
  (centred: boolean): Lowering =>
  (node) => {
    const source = read(node, 0, 'f32');
    const eps = node.constants.filled(numberOf(node, 'eps'), 'f32', []);
    return (scope) => {
      const given = source(scope);
      const x = centred ? scope.run('Sub', { a: given, b: lastMean(scope, given) }) : given;
      const variance = lastMean(scope, scope.run('Square', { x }));
      const shifted = scope.run('Add', { a: variance, b: scope.constant(eps) });
      return scope.run('Multiply', { a: x, b: scope.run('Rsqrt', { x: shifted }) });
    };
  };

export const NORMALISATION = {
  softmax,
  layernorm: norm(true),
  rmsnorm: norm(false),
} as const satisfies Readonly<Record<string, Lowering>>;
