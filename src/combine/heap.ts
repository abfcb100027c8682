/** A binary heap: gives the item with the smallest key first. */

/** An item that can be in a heap. */
export interface HeapItem {
  /** What items are ordered by. It may change only while the item is the first. */
  readonly key: number;
}

export interface Heap<T extends HeapItem> {
  /** The item with the smallest key. */
  first(): T | undefined;
  add(item: T): void;
  /** Removes the first item. */
  removeFirst(): void;
  /** Puts the first item where it belongs after its key has grown. */
  firstHasGrown(): void;
}

export function createHeap<T extends HeapItem>(): Heap<T> {
  const items: T[] = [];
  const keyAt = (index: number) => items[index]?.key ?? Infinity;
  const swap = (a: number, b: number) => {
    const [first, second] = [items[a], items[b]];
    if (first === undefined || second === undefined) return;
    items[a] = second;
    items[b] = first;
  };
  const sink = () => {
    let index = 0;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      const child = keyAt(right) < keyAt(left) ? right : left;
      if (child >= items.length || keyAt(index) <= keyAt(child)) return;
      swap(index, child);
      index = child;
    }
  };
  return {
    first: () => items[0],
    add(item) {
      items.push(item);
      let index = items.length - 1;
      while (index > 0) {
        const parent = (index - 1) >>> 1;
        if (keyAt(parent) <= keyAt(index)) return;
        swap(parent, index);
        index = parent;
      }
    },
    removeFirst() {
      const last = items.pop();
      if (last === undefined || items.length === 0) return;
      items[0] = last;
      sink();
    },
    firstHasGrown: sink,
  };
}
