/** The cache of query results. */
import { expect, it } from "vitest";
import { Cache } from "../../src/local/cache.js";

const [ownerA, ownerB] = [{}, {}];
const cachedKeys = (cache: Cache<string>, keys: string) =>
  [...keys].filter((key) => cache.get(key) !== undefined).join("");

it("A cache keeps the most recently used values up to its maximum size", () => {
  const cache = new Cache<string>(30);
  for (const key of "abc") cache.add(key, ownerA, `value of ${key}`, 10);
  expect(cache.get("a")).toBe("value of a");
  cache.add("d", ownerB, "value of d", 20);
  expect(cachedKeys(cache, "abcd")).toBe("ad");
});

it("A cache keeps the latest value even if it is larger than the maximum size", () => {
  const cache = new Cache<string>(30);
  for (const key of "ab") cache.add(key, ownerA, key, 10);
  cache.add("c", ownerA, "c", 31);
  expect(cachedKeys(cache, "abc")).toBe("c");
  cache.add("d", ownerA, "d", 30);
  expect(cachedKeys(cache, "cd")).toBe("d");
});

it("A cache deletes the values of one owner, which makes room for other values", () => {
  const cache = new Cache<string>(30);
  cache.add("a", ownerA, "a", 10);
  cache.add("b", ownerB, "b", 10);
  cache.add("c", ownerA, "c", 10);
  cache.deleteAllOf(ownerA);
  expect(cachedKeys(cache, "abc")).toBe("b");
  for (const key of "de") cache.add(key, ownerB, key, 10);
  expect(cachedKeys(cache, "abcde")).toBe("bde");
});
