import { expect, it } from "vitest";
import { Cache } from "../src/local/cache.js";

const [one, other] = [{}, {}];
const known = (cache: Cache<string>, keys: string) => [...keys].filter((key) => cache.get(key) !== undefined).join("");

it("a cache keeps the values that were used last, up to its maximum size", () => {
  const cache = new Cache<string>(30);
  for (const key of "abc") cache.add(key, one, `value of ${key}`, 10);
  expect(cache.get("a")).toBe("value of a");
  cache.add("d", other, "value of d", 20);
  expect(known(cache, "abcd")).toBe("ad");
});

it("a cache keeps the latest value even if it is larger than the maximum size", () => {
  const cache = new Cache<string>(30);
  for (const key of "ab") cache.add(key, one, key, 10);
  cache.add("c", one, "c", 31);
  expect(known(cache, "abc")).toBe("c");
  cache.add("d", one, "d", 30);
  expect(known(cache, "cd")).toBe("d");
});

it("a cache removes the values of one owner, and has room for others then", () => {
  const cache = new Cache<string>(30);
  cache.add("a", one, "a", 10);
  cache.add("b", other, "b", 10);
  cache.add("c", one, "c", 10);
  cache.deleteOf(one);
  expect(known(cache, "abc")).toBe("b");
  for (const key of "de") cache.add(key, other, key, 10);
  expect(known(cache, "abcde")).toBe("bde");
});
