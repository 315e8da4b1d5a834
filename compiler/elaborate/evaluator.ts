import { call } from './call.ts';
import type { Evaluator } from './context.ts';
import { expression } from './expression.ts';
import { statements } from './statement.ts';

/** The parts of the walk, put together. */
export const EVALUATOR: Evaluator = { expression, statements, call };
