/** A cache of values that belong to owners: least recently used, limited by the total size of its values. */
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
    // A Map keeps the order in which its keys were set.
    this.#items.delete(key);
    this.#items.set(key, item);
    return item.value;
  }

  /** Adds a value under a new key. The latest value is kept even if it alone is larger than the limit. */
  add(key: string, owner: object, value: V, size: number): void {
    this.#items.set(key, { owner, value, size });
    this.#size += size;
    for (const [oldest, item] of this.#items) {
      if (this.#size <= this.#maxSize || oldest === key) break;
      this.#delete(oldest, item.size);
    }
  }

  /** Removes all values of an owner. */
  deleteOf(owner: object): void {
    for (const [key, item] of this.#items) if (item.owner === owner) this.#delete(key, item.size);
  }

  #delete(key: string, size: number): void {
    this.#items.delete(key);
    this.#size -= size;
  }
}
