import vm from "node:vm";
import fc from "fast-check";
import { InvalidQueryError, taskRunFilter } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";

/** The point in time that a filter makes of a value, as an ISO 8601 string in UTC. */
function parse(instant: unknown): string | undefined {
  // Callers without types may pass any value.
  return taskRunFilter()
    .startedAfter(instant as string)
    .StartedAfter?.toISOString();
}

describe("A point in time", () => {
  it.each([
    ["2026-11-01", "2026-11-01T00:00:00.000Z"],
    ["2026-11-01T08:30Z", "2026-11-01T08:30:00.000Z"],
    ["2026-11-01T08:30:15Z", "2026-11-01T08:30:15.000Z"],
    ["2026-11-01T08:30:15.123456Z", "2026-11-01T08:30:15.123Z"],
    ["2026-11-01T08:30:15,5Z", "2026-11-01T08:30:15.500Z"],
    ["2026-11-01T08:30:15+01:00", "2026-11-01T07:30:15.000Z"],
    ["2026-11-01T08:30:15-0730", "2026-11-01T16:00:15.000Z"],
    ["2026-11-01T08:30+05", "2026-11-01T03:30:00.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["+012026-11-01", "+012026-11-01T00:00:00.000Z"],
  ])("can be the ISO 8601 string %s, which means %s", (text, expected) => {
    expect(parse(text)).toBe(expected);
  });

  const midnight = "2026-11-01T00:00:00.000Z";
  const milliseconds = Date.parse(midnight);
  class Instant {
    get epochMilliseconds() {
      return milliseconds;
    }
  }
  it.each([
    ["a number of milliseconds", milliseconds],
    ["a Date", new Date(milliseconds)],
    ["a Date of another realm", vm.runInNewContext(`new Date(${milliseconds})`)],
    ["an object with epochMilliseconds", { epochMilliseconds: milliseconds }],
    ["an object that inherits epochMilliseconds, such as a Temporal.Instant", new Instant()],
  ])("can be %s", (_, value) => {
    expect(parse(value)).toBe(midnight);
  });

  it.each([
    ["2026-11-01T08:30:15", "a date-time with a zone"],
    ["2026-11-01T08:30", "a date-time with a zone"],
    ["2026-11-01 08:30Z", "an ISO 8601 date"],
    ["yesterday", "an ISO 8601 date"],
    ["", "an ISO 8601 date"],
    ["2026-11", "an ISO 8601 date"],
    ["since 2026-11-01", "an ISO 8601 date"],
    ["2026-11-01T08:30Z or so", "an ISO 8601 date"],
    ["2026-11-01Z", "an ISO 8601 date"],
    ["2026-02-30", "a valid point in time"],
    ["2025-02-29T00:00Z", "a valid point in time"],
    ["2026-13-01", "a valid point in time"],
    ["2026-11-01T24:00Z", "an ISO 8601 date"],
    ["2026-11-01T09:00+01:", "an ISO 8601 date"],
    ["2026-11-01T23:60Z", "an ISO 8601 date"],
    ["2026-11-01T08:00+24:00", "an ISO 8601 date"],
    [Number.NaN, "a valid point in time"],
    [Number.POSITIVE_INFINITY, "a valid point in time"],
    [9e15, "a valid point in time"],
    [new Date(Number.NaN), "a valid point in time, got an invalid Date"],
    [{ epochMilliseconds: Number.NaN }, "a valid point in time, got an object"],
    [{ epochMilliseconds: "1" }, "a Date, an ISO 8601 string"],
    [{ getTime: 1 }, "a Date, an ISO 8601 string"],
    [null, "a Date, an ISO 8601 string"],
    [undefined, "a Date, an ISO 8601 string"],
    [[], "a Date, an ISO 8601 string"],
    [true, "a Date, an ISO 8601 string"],
    [`2026-11-01T00:00:00.${"0".repeat(100)}Z`, "an ISO 8601 date"],
    [10n, "a Date, an ISO 8601 string, milliseconds since the epoch or a Temporal.Instant, got 10n."],
    [() => 1, "got a function"],
  ])("cannot be %s", (value, message) => {
    expect(() => parse(value)).toThrow(InvalidQueryError);
    expect(() => parse(value)).toThrow(message);
  });

  it("is the same for a Date and for the ISO 8601 string of that Date in any zone", () => {
    const zoneInMinutes = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
    // Years 1 to 9999, far enough from the ends for any zone.
    const date = fc.date({ min: new Date("0001-01-03"), max: new Date("9999-12-28"), noInvalidDate: true });
    fc.assert(
      fc.property(date, zoneInMinutes, (instant, minutes) => {
        const local = new Date(instant.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        const absolute = Math.abs(minutes);
        const [hh, mm] = [Math.floor(absolute / 60), absolute % 60].map((part) => String(part).padStart(2, "0"));
        expect(parse(`${local}${minutes < 0 ? "-" : "+"}${hh}:${mm}`)).toBe(instant.toISOString());
        expect(parse(instant.toISOString())).toBe(instant.toISOString());
      }),
    );
  });

  it("is a valid Date or an InvalidQueryError for any value", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.anything()), (value) => {
        try {
          expect(parse(value)).toBeTypeOf("string");
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidQueryError);
        }
      }),
    );
  });
});
