import { extremum } from './extremum.ts';

export const max = extremum(
  'max',
  'The larger of two numbers, element by element; of two numbers of compile time a number.',
);
