import { comparison } from './elementwise.ts';

export const eq = comparison({
  name: 'eq',
  doc: 'Whether two elements are equal; written `a == b`.',
  formula: 'y = a = b',
  bools: true,
});
