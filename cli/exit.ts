/** How a command ends. Scripts rely on these numbers. */
export const EXIT = {
  fine: 0,
  /** the spec or the data has errors, and they were printed */
  faults: 1,
  /** wrong use of the command */
  usage: 2,
  /** something needed is missing or unavailable: a file, an engine, space */
  missing: 3,
  /** a bug of ours */
  bug: 70,
  interrupted: 130,
} as const;

export type Exit = (typeof EXIT)[keyof typeof EXIT];
