import vm from "node:vm";
import fc from "fast-check";
import { InvalidQueryError, taskRunFilter } from "glue-ml-task-runs";
import { describe, expect, it } from "vitest";

const parsed = (instant: unknown) => {
  // As a caller without types would.
  const filter = taskRunFilter().startedAfter(instant as string);
  return filter.StartedAfter?.toISOString();
};

describe("a point in time", () => {
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
  ])("is the ISO 8601 string %s", (text, expected) => {
    expect(parsed(text)).toBe(expected);
  });

  it("is a number of milliseconds, a Date, also one of another realm, or what has epochMilliseconds", () => {
    const expected = "2026-11-01T00:00:00.000Z";
    const milliseconds = Date.parse(expected);
    expect(parsed(milliseconds)).toBe(expected);
    expect(parsed(new Date(milliseconds))).toBe(expected);
    expect(parsed(vm.runInNewContext(`new Date(${milliseconds})`))).toBe(expected);
    expect(parsed({ epochMilliseconds: milliseconds })).toBe(expected);
    class Instant {
      get epochMilliseconds() {
        return milliseconds;
      }
    }
    expect(parsed(new Instant())).toBe(expected);
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
  ])("is not %s", (value, message) => {
    expect(() => parsed(value)).toThrow(InvalidQueryError);
    expect(() => parsed(value)).toThrow(message);
  });

  it("is any Date, written in any zone", () => {
    const zone = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
    // Years 1 to 9999, far enough from the ends for any zone.
    const date = fc.date({ min: new Date("0001-01-03"), max: new Date("9999-12-28"), noInvalidDate: true });
    fc.assert(
      fc.property(date, zone, (instant, minutes) => {
        const local = new Date(instant.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        const absolute = Math.abs(minutes);
        const [hh, mm] = [Math.floor(absolute / 60), absolute % 60].map((part) => String(part).padStart(2, "0"));
        expect(parsed(`${local}${minutes < 0 ? "-" : "+"}${hh}:${mm}`)).toBe(instant.toISOString());
        expect(parsed(instant.toISOString())).toBe(instant.toISOString());
      }),
    );
  });

  it("is never what Date would not take, and no string makes anything but an InvalidQueryError", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.anything()), (value) => {
        try {
          expect(
            taskRunFilter()
              .startedAfter(value as string)
              .StartedAfter?.getTime(),
          ).not.toBeNaN();
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidQueryError);
        }
      }),
    );
  });
});
