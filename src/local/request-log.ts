/** The latest requests, limited by their number and their memory. */
export class RequestLog<T extends object> {
  /** Oldest first. */
  readonly requests: T[] = [];
  readonly #sizes = new WeakMap<T, number>();
  readonly #maxCount: number;
  readonly #maxSize: number;
  #size = 0;

  constructor(maxCount = 100_000, maxSize = 64 * 1024 * 1024) {
    this.#maxCount = maxCount;
    this.#maxSize = maxSize;
  }

  add(request: T): void {
    // A test may clear the array.
    if (this.requests.length === 0) this.#size = 0;
    const size = estimateSize(request);
    this.requests.push(request);
    this.#sizes.set(request, size);
    this.#size += size;
    while (this.requests.length > this.#maxCount || this.#size > this.#maxSize) {
      const oldest = this.requests.shift();
      this.#size -= (oldest && this.#sizes.get(oldest)) ?? 0;
    }
  }
}

/** Estimates the memory of a value in bytes. The documented shape of a request limits the recursion. */
function estimateSize(value: unknown): number {
  if (typeof value === "string") return 16 + 2 * value.length;
  if (typeof value !== "object" || value === null) return 8;
  return Object.values(value).reduce<number>((size, member) => size + estimateSize(member), 64);
}
