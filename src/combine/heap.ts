/** A binary heap: returns the item with the smallest key first. */

/** An item that can be in a heap. */
export interface HeapItem {
  /** The sort key. It may change only while the item is the first. */
  readonly key: number;
}

export interface Heap<T extends HeapItem> {
  /** The item with the smallest key. */
  first(): T | undefined;
  add(item: T): void;
  /** Removes the first item. */
  removeFirst(): void;
  /** Restores the order after the key of the first item has grown. */
  firstHasGrown(): void;
}

export function createHeap<T extends HeapItem>(): Heap<T> {
  const items: T[] = [];
  /** Moves an item down from the top to its position. */
  const sink = (item: T | undefined) => {
    if (item === undefined) return;
    let index = 0;
    for (;;) {
      const [left, right] = [items[2 * index + 1], items[2 * index + 2]];
      const isRight = left !== undefined && right !== undefined && right.key < left.key;
      const child = isRight ? right : left;
      if (child === undefined || item.key <= child.key) break;
      items[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    items[index] = item;
  };
  return {
    first: () => items[0],
    add(item) {
      let index = items.length;
      while (index > 0) {
        const above = (index - 1) >>> 1;
        const parent = items[above];
        if (parent === undefined || parent.key <= item.key) break;
        items[index] = parent;
        index = above;
      }
      items[index] = item;
    },
    removeFirst() {
      const last = items.pop();
      if (items.length > 0) sink(last);
    },
    firstHasGrown: () => sink(items[0]),
  };
}
