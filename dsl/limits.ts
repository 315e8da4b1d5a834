/**
 * What a source text may not exceed. A spec is input from strangers: each limit is one diagnostic, found before the
 * memory or the stack could run out, and far beyond what a person or a generator of specs writes.
 */

/** UTF-16 code units of a file; checked before it is read as tokens. */
export const MAX_CHARACTERS = 4_000_000;

/** Words, signs and comments of a file. */
export const MAX_TOKENS = 200_000;

/** How deep brackets nest, and how high the tree of one expression may grow (a chain of operators leans to the left). */
export const MAX_DEPTH = 200;

/** Messages about the syntax of one file; the last says that there are more. */
export const MAX_MESSAGES = 100;
