/** The log of the latest requests. */
import { expect, it } from "vitest";
import { createRequestLog } from "../../src/local/request-log.js";

const request = (number: number, NextToken = "") => ({ number, input: { NextToken } });
const numbers = (log: { requests: { number: number }[] }) => log.requests.map(({ number }) => number);

it("The log keeps the latest 100,000 requests", () => {
  const log = createRequestLog<{ number: number }>();
  for (let number = 0; number < 100_001; number += 1) log.add({ number });
  expect(log.requests).toHaveLength(100_000);
  expect(log.requests[0]).toEqual({ number: 1 });
});

it("The log keeps at most 64 MiB of requests with long tokens", () => {
  const log = createRequestLog<{ number: number }>();
  const token = "x".repeat(1024 * 1024);
  for (let number = 0; number < 100; number += 1) log.add(request(number, token));
  // Each request takes 2 MiB for its token, and a little more.
  expect(numbers(log)).toEqual(Array.from({ length: 31 }, (_, index) => 69 + index));
});

it("The log counts the memory of objects, which is more than that of their JSON", () => {
  const log = createRequestLog<object>(1000, 64 * 1024);
  for (let count = 0; count < 1000; count += 1) log.add({ Schema: Array(100).fill({}) });
  // Each request takes 64 bytes for each of its 102 objects.
  expect(log.requests).toHaveLength(10);
});

it("The log drops several requests for a larger one", () => {
  const log = createRequestLog<{ number: number }>(1000, 2000);
  for (let number = 0; number < 10; number += 1) log.add(request(number));
  log.add(request(10, "x".repeat(500)));
  expect(numbers(log)).toEqual([5, 6, 7, 8, 9, 10]);
});

it("The log can be filled again after its array was cleared", () => {
  const log = createRequestLog<{ number: number }>(1000, 500);
  for (const number of [1, 2, 3]) log.add(request(number));
  expect(numbers(log)).toEqual([1, 2, 3]);
  log.requests.length = 0;
  for (const number of [4, 5, 6]) log.add(request(number));
  expect(numbers(log)).toEqual([4, 5, 6]);
});

it("The log also drops requests that were added to its array directly", () => {
  const log = createRequestLog<{ number: number }>(2);
  log.requests.push({ number: 1 }, { number: 2 });
  log.add({ number: 3 });
  expect(numbers(log)).toEqual([2, 3]);
});
