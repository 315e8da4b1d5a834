/**
 * Steps ahead of the one that is asked for are prepared while the engine works on it. They are asked for in order, from
 * the step that the run begins with.
 */
export interface Ahead<T> {
  /** the next step's; the steps after it are on their way */
  next(): Promise<T>;
}

export function prefetch<T>(make: (step: number) => Promise<T>, from: number, ahead = 2): Ahead<T> {
  const waiting: Promise<T>[] = [];
  let step = from;
  function begin(): void {
    const made = make(step++);
    // a mistake is told to whoever asks for that step, and to nobody before
    made.catch(() => {});
    waiting.push(made);
  }
  return {
    next() {
      if (waiting.length === 0) begin();
      const made = waiting.shift()!;
      while (waiting.length < ahead) begin();
      return made;
    },
  };
}
