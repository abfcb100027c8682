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
    ["2026-11-01T08:30:15+01:00[Europe/Berlin]", "2026-11-01T07:30:15.000Z"],
    ["2026-11-01T08:30Z[Etc/GMT+5]", "2026-11-01T08:30:00.000Z"],
    ["2026-11-01T08:30:15.123456789+01:00[+01:00]", "2026-11-01T07:30:15.123Z"],
    ["2026-11-01T08:30-03:00[!America/Argentina/Buenos_Aires][u-ca=iso8601][!x-y=1]", "2026-11-01T11:30:00.000Z"],
    ["2026-11-01T08:30Z[u-ca=gregory]", "2026-11-01T08:30:00.000Z"],
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
    ["a Temporal.Instant that also has a method toDate", Object.assign(new Instant(), { toDate: () => new Date(0) })],
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
    ["2026-11-01T08:00[Europe/Berlin]", 'a date-time with a zone ("Z" or "+01:00" after the time)'],
    ["2026-11-01[Europe/Berlin]", "an ISO 8601 date"],
    ["2026-11-01T08:00Z[]", "an ISO 8601 date"],
    ["2026-11-01T08:00Z[Europe/Berlin", "an ISO 8601 date"],
    ["2026-11-01T08:00Z[u-ca=iso8601][Europe/Berlin]", "an ISO 8601 date"],
    ["2026-11-01T08:00Z[Europe/Berlin][Europe/Berlin]", "an ISO 8601 date"],
    [1e9, "in milliseconds since the epoch (multiply seconds by 1000), got 1000000000."],
    [1_793_520_000.5, "in milliseconds since the epoch (multiply seconds by 1000), got 1793520000.5."],
    [1e10, "in milliseconds since the epoch (multiply seconds by 1000), got 10000000000."],
    [{ toDate: () => new Date() }, "must be a Date (call toDate() of the object), got an object."],
    [{ toJSDate: () => new Date() }, "must be a Date (call toJSDate() of the object), got an object."],
    [{ toDate: "2026-11-01" }, "a Date, an ISO 8601 string"],
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

  it.each([1e9 - 1, 1e10 + 1, -1e9, -5e9, 0])("can be the number %d, which is not in the range of seconds", (value) => {
    expect(parse(value)).toBe(new Date(value).toISOString());
  });

  it("can be any time in an object with epochMilliseconds, whose unit is known", () => {
    expect(parse({ epochMilliseconds: 1.5e9 })).toBe("1970-01-18T08:40:00.000Z");
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

  it("is the same with and without what Temporal writes after a date-time", () => {
    const zone = fc.constantFrom(
      "",
      "[UTC]",
      "[Europe/Berlin]",
      "[!America/Port-au-Prince]",
      "[-08:00]",
      "[Etc/GMT-14]",
    );
    const annotation = fc.constantFrom("[u-ca=iso8601]", "[!u-ca=islamic-umalqura]", "[_key=a-b-1]");
    const annotations = fc.array(annotation, { maxLength: 2 });
    const date = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(date, zone, annotations, (instant, zone, annotations) => {
        const text = instant.toISOString();
        expect(parse(text + zone + annotations.join(""))).toBe(text);
      }),
    );
  });

  it("is an error for any text after the zone that is not an annotation", () => {
    const text = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !/^\[.*\]$/.test(text));
    fc.assert(
      fc.property(text, (text) => {
        expect(() => parse(`2026-11-01T08:30:00Z${text}`)).toThrow(InvalidQueryError);
      }),
    );
  });

  it("is an error for any number of seconds from 2001-09-09 to 2286-11-20", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e9, max: 1e10, noNaN: true }), (seconds) => {
        expect(() => parse(seconds)).toThrow("multiply seconds by 1000");
        expect(parse(seconds * 1000)).toBe(new Date(seconds * 1000).toISOString());
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
