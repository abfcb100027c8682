/** Limits the number of concurrent requests. */

/** Runs a task as soon as fewer than the maximum are running, in the order of the calls. */
export type Limiter = <R>(task: () => Promise<R>) => Promise<R>;

/** Creates a limiter of a maximum number of tasks. */
export function createLimiter(maximum: number): Limiter {
  let free = maximum;
  const waiting: (() => void)[] = [];
  return async (task) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
