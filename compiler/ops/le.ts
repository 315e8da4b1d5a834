import { comparison } from './elementwise.ts';

export const le = comparison({
  name: 'le',
  doc: 'Whether a is at most b; written `a <= b`, and `b >= a`.',
  formula: 'y = a ≤ b',
  bools: false,
});
