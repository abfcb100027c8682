/** Creates a log of the latest requests, limited by their number and their memory. */
export function createRequestLog<T extends object>(maxCount = 100_000, maxSize = 64 * 1024 * 1024) {
  /** Oldest first. */
  const requests: T[] = [];
  const sizes = new WeakMap<T, number>();
  let totalSize = 0;
  return {
    requests,
    add(request: T): void {
      // A test in JavaScript may clear the array.
      if (requests.length === 0) totalSize = 0;
      const size = estimateSize(request);
      requests.push(request);
      sizes.set(request, size);
      totalSize += size;
      while (requests.length > maxCount || totalSize > maxSize) {
        const oldest = requests.shift();
        totalSize -= (oldest && sizes.get(oldest)) ?? 0;
      }
    },
  };
}

/** Estimates the memory of a value in bytes. The documented shape of a request limits the recursion. */
function estimateSize(value: unknown): number {
  if (typeof value === "string") return 16 + 2 * value.length;
  if (typeof value !== "object" || value === null) return 8;
  return Object.values(value).reduce<number>((size, member) => size + estimateSize(member), 64);
}
