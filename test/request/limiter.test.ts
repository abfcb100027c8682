import fc from "fast-check";
import { expect, it } from "vitest";
import { createLimiter } from "../../src/request/limiter.js";

it("A limiter starts tasks in order, and never more than its maximum at the same time", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.integer({ min: 1, max: 5 }),
      fc.nat({ max: 20 }),
      async (scheduler, maximum, count) => {
        const limiter = createLimiter(maximum);
        const started: number[] = [];
        let running = 0;
        let maximumRunning = 0;
        const tasks = Array.from({ length: count }, (_, index) =>
          limiter(async () => {
            started.push(index);
            running += 1;
            maximumRunning = Math.max(maximumRunning, running);
            await scheduler.schedule(Promise.resolve());
            running -= 1;
            return index;
          }),
        );
        await scheduler.waitFor(Promise.all(tasks));
        const inOrder = Array.from({ length: count }, (_, index) => index);
        expect(await Promise.all(tasks)).toEqual(inOrder);
        expect(started).toEqual(inOrder);
        expect(maximumRunning).toBe(Math.min(maximum, count));
      },
    ),
  );
});

it("A limiter starts the next task after one that rejects", async () => {
  const limiter = createLimiter(1);
  const failing = limiter(() => Promise.reject(new Error("no")));
  const next = limiter(async () => "next");
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("next");
});
