import { comparison } from './elementwise.ts';

export const ne = comparison({
  name: 'ne',
  doc: 'Whether two elements differ; written `a != b`.',
  formula: 'y = a ≠ b',
  bools: true,
});
