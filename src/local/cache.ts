/** A least recently used cache, limited by the total size of its values. Each value belongs to an owner. */
export class Cache<V> {
  readonly #items = new Map<string, { readonly owner: object; readonly value: V; readonly size: number }>();
  readonly #maxSize: number;
  #size = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get(key: string): V | undefined {
    const item = this.#items.get(key);
    if (item === undefined) return undefined;
    // A Map keeps its keys in the order in which they were set.
    this.#items.delete(key);
    this.#items.set(key, item);
    return item.value;
  }

  /** Adds a value under a new key. The latest value is kept even if it is larger than the limit. */
  add(key: string, owner: object, value: V, size: number): void {
    this.#items.set(key, { owner, value, size });
    this.#size += size;
    for (const [oldest, item] of this.#items) {
      if (this.#size <= this.#maxSize || oldest === key) break;
      this.#delete(oldest, item.size);
    }
  }

  /** Deletes all values of an owner. */
  deleteAllOf(owner: object): void {
    for (const [key, item] of this.#items) if (item.owner === owner) this.#delete(key, item.size);
  }

  #delete(key: string, size: number): void {
    this.#items.delete(key);
    this.#size -= size;
  }
}
