/** How every op is written. An op that is missing here does not type-check. */
import type { OpName } from '../../ops/registry.ts';
import { CONTRACTION } from './contraction.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { MOVEMENT } from './movement.ts';
import type { Writing } from './writing.ts';

export const WRITINGS: Readonly<Record<OpName, Writing>> = { ...ELEMENTWISE, ...CONTRACTION, ...MOVEMENT };
