import { describe, expect, it } from "vitest";
import { parseArguments } from "../../src/command/arguments.js";
import { startGlue } from "../support.js";
import { runHere } from "./support.js";

describe("The arguments", () => {
  it("list all transforms, the newest 50 runs, unless they say otherwise", () => {
    expect(parseArguments(["list"])).toEqual({
      command: "list",
      criteria: { transforms: [], statuses: [], types: [], since: undefined },
      source: { region: undefined, profile: undefined, endpoint: undefined },
      format: undefined,
      until: undefined,
      finishedSince: undefined,
      limit: 50,
      count: false,
    });
  });

  it("take several values with commas, and repeated options, each value once", () => {
    const args = ["list", "a", "b", "a", "--status", "FAILED,TIMEOUT", "--status", "FAILED", "--type", "EVALUATION"];
    expect(parseArguments(args)).toMatchObject({
      criteria: { transforms: ["a", "b"], statuses: ["FAILED", "TIMEOUT"], types: ["EVALUATION"] },
    });
  });

  it.each([
    [["--limit", "0"], Infinity],
    [["--limit", "7"], 7],
    [["--count"], Infinity],
    [["--count", "--limit", "9"], 9],
  ])("%j limit the runs to %d", (args, limit) => {
    expect(parseArguments(["list", ...args])).toMatchObject({ limit });
  });

  it("may stand before the command", () => {
    expect(parseArguments(["--region", "eu-west-1", "-o", "csv", "watch"])).toMatchObject({
      command: "watch",
      source: { region: "eu-west-1" },
      format: "csv",
      once: false,
      state: undefined,
      interval: undefined,
    });
  });

  it("name the run to wait for, and how long", () => {
    const args = ["wait", "tfm-1", "tsk-1", "--timeout", "0.5", "--interval", "10"];
    expect(parseArguments(args)).toMatchObject({
      run: { TransformId: "tfm-1", TaskRunId: "tsk-1" },
      timeout: 0.5,
      interval: 10,
    });
    expect(parseArguments(["wait", "tfm-1", "tsk-1"])).toMatchObject({ timeout: Infinity, interval: undefined });
  });
});

describe("Wrong usage", () => {
  it.each<[string[], RegExp]>([
    [[], /a command is missing\. Commands: list, wait, watch, local; see --help\.$/],
    [["lst"], /Unknown command "lst"\. Commands: /],
    [["toString"], /Unknown command "toString"\. Commands: /],
    [["list", "--frob"], /Unknown option '--frob'\.?$/],
    [["list", "--limit"], /'--limit <value>' argument missing$/],
    [["list", "--limit", "-1"], /argument is ambiguous/],
    [["list", "--limit", "x"], /--limit must be an integer of at least 0, got "x"\.$/],
    [["list", "--limit", "1.5"], /--limit must be an integer of at least 0, got "1\.5"\.$/],
    [["list", "-o", "xml"], /--output must be one of table, tsv, csv, ndjson, got "xml"\.$/],
    [["list", "--endpoint-url", "localhost"], /--endpoint-url must be a URL of http or https, got "localhost"\.$/],
    [["list", "--endpoint-url", "file:///x"], /--endpoint-url must be a URL of http or https, got "file:\/\/\/x"\.$/],
    [["list", "--once"], /--once cannot be used with list\.$/],
    [["wait", "a", "b", "--limit", "1"], /--limit cannot be used with wait\.$/],
    [["watch", "--until", "1h"], /--until cannot be used with watch\.$/],
    [["watch", "--timeout", "1"], /--timeout cannot be used with watch\.$/],
    [["wait", "tfm-1"], /wait needs a transform and a run: glue-ml-task-runs wait TRANSFORM RUN\.$/],
    [["wait", "tfm-1", "tsk-1", "tsk-2"], /wait needs a transform and a run/],
    [["wait", "a", "b", "--timeout", "0"], /--timeout must be a number of seconds above 0, got "0"\.$/],
    [["wait", "a", "b", "--timeout", "1e3"], /--timeout must be a number of seconds above 0, got "1e3"\.$/],
    [
      ["watch", "--interval", "86401"],
      /--interval must be a number of seconds above 0 and up to 86400, got "86401"\.$/,
    ],
    [["list", "--status", "DONE"], /--status must be one of FAILED, .*, got "DONE"\.$/],
    [["list", "--status", ""], /--status must be one of FAILED, .*, got ""\.$/],
    [["watch", "--type", "MERGE"], /--type must be one of EVALUATION, .*, got "MERGE"\.$/],
    [["list", "--since", "yesterday"], /--since must be an age such as 24h or 7d, a date, .*, got "yesterday"\.$/],
    [["list", "--since", "2026-11-01T10:00"], /--since must be an age .*, got "2026-11-01T10:00"\.$/],
    [["list", "--until", "5y"], /--until must be an age .*, got "5y"\.$/],
    [["list", "--finished-since", "999999999w"], /--finished-since must be an age .*, got "999999999w"\.$/],
    [["list", "--since", "1h", "--until", "2h"], /--since must be before --until\.$/],
  ])("%j is reported in one line, with exit code 2", async (args, message) => {
    const { code, out, err } = await runHere(undefined, args);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(/^glue-ml-task-runs: [^\n]+\n$/);
    expect(err.trimEnd()).toMatch(message);
  });

  it("of a transform that is too long is the library's error, in one line, with exit code 2", async () => {
    for (const command of ["list", "watch"]) {
      const { code, err } = await runHere(await startGlue(), [command, "x".repeat(256)]);
      expect(code).toBe(2);
      expect(err).toMatch(/^glue-ml-task-runs: (?:queries\[0\]\.)?TransformId must [^\n]+\n$/);
    }
  });
});
