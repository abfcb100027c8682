/** Limits the number of concurrent requests. */

/** Runs a task as soon as fewer than the maximum are running. */
export type Limiter = <R>(task: () => Promise<R>) => Promise<R>;

/** Creates a limiter. Waiting tasks run in the order of their calls. */
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
