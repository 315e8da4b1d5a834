/** One run of a kernel and what it gives. N is 3 where a size says so. */
import type { Attributes } from '../../../compiler/ir/graph.ts';
import type { HostTensor } from '../../../compiler/ir/tensor.ts';
import type { OpName } from '../../../compiler/ops/registry.ts';

export interface Case {
  readonly op: OpName;
  readonly operands: readonly HostTensor[];
  readonly attributes?: Attributes;
  readonly expected: HostTensor;
}
