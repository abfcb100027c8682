/** A binary heap: returns the item with the smallest key first. */

/** An item that can be in a heap. */
export interface HeapItem {
  /** The sort key. It may change only while the item is the first. */
  readonly key: number;
}

/** Creates a heap. */
export function createHeap<T extends HeapItem>() {
  const items: T[] = [];
  return {
    /** The item with the smallest key. */
    first: () => items[0],
    add(item: T) {
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
    /** Restores the order after the key of the first item has grown: moves it down to its position. */
    firstHasGrown() {
      const item = items[0];
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
    },
  };
}
