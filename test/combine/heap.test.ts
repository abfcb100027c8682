import fc from "fast-check";
import { expect, it } from "vitest";
import { createHeap } from "../../src/combine/heap.js";

it("A heap merges sorted lists into one sorted list", () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.nat({ max: 30 }), { minLength: 1 })), (lists) => {
      const heap = createHeap<{ key: number; rest: number[] }>();
      for (const list of lists) {
        const [key = 0, ...rest] = list.toSorted((a, b) => a - b);
        heap.add({ key, rest });
      }
      const merged: number[] = [];
      for (let item = heap.first(); item && item.key < Infinity; item = heap.first()) {
        merged.push(item.key);
        item.key = item.rest.shift() ?? Infinity;
        heap.firstHasGrown();
      }
      expect(merged).toEqual(lists.flat().toSorted((a, b) => a - b));
    }),
  );
});

it("An empty heap has no first item", () => {
  const heap = createHeap();
  heap.firstHasGrown();
  expect(heap.first()).toBeUndefined();
});
