import { comparison } from './elementwise.ts';

export const lt = comparison({
  name: 'lt',
  doc: 'Whether a is less than b; written `a < b`, and `b > a`.',
  formula: 'y = a < b',
  bools: false,
});
