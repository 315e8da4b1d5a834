/** A tensor in the memory of this process, row-major: what is fed to programs, read from files, and folded. */
import type { Dtype } from './type.ts';

export interface HostTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** f32: Float32Array, or Float64Array where it is computed in 64 bit; int: Int32Array; bool: Uint8Array of 0 and 1 */
  readonly data: Float64Array | Float32Array | Int32Array | Uint8Array;
}
