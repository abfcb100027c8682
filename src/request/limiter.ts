/** Limits the number of concurrent requests. */

/** Creates a function that runs a task as soon as fewer than the maximum are running, in the order of the calls. */
export function createLimiter(maximum: number): <R>(task: () => Promise<R>) => Promise<R> {
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
