import { extremum } from './extremum.ts';

export const min = extremum(
  'min',
  'The smaller of two numbers, element by element; of two numbers of compile time a number.',
);
