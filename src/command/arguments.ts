/** The arguments of the command. They are checked here as far as this needs neither the SDK nor the library. */
import { parseArgs } from "node:util";
import { UsageError } from "./errors.js";

const text = { type: "string" } as const;
const list = { type: "string", multiple: true } as const;
const flag = { type: "boolean" } as const;

const OPTIONS = {
  status: list,
  type: list,
  since: text,
  until: text,
  "finished-since": text,
  limit: text,
  count: flag,
  state: text,
  once: flag,
  interval: text,
  timeout: text,
  output: { ...text, short: "o" },
  region: text,
  profile: text,
  "endpoint-url": text,
  help: flag,
  version: flag,
} as const;

/** The options that not every command has. */
const COMMAND_OPTIONS = {
  list: ["status", "type", "since", "until", "finished-since", "limit", "count"],
  wait: ["interval", "timeout"],
  watch: ["status", "type", "since", "state", "once", "interval"],
} as const;

type CommandName = keyof typeof COMMAND_OPTIONS;

/** The formats of the output. */
const FORMATS = ["table", "tsv", "csv", "ndjson"] as const;

export type Format = (typeof FORMATS)[number];

/** Where the runs are. */
export interface SourceArguments {
  readonly region: string | undefined;
  readonly profile: string | undefined;
  readonly endpoint: string | undefined;
}

/** Which runs to list or to watch. Their values are as on the command line, except that lists are split. */
export interface CriteriaArguments {
  readonly transforms: readonly string[];
  readonly statuses: readonly string[];
  readonly types: readonly string[];
  readonly since: string | undefined;
}

interface CommonArguments {
  readonly source: SourceArguments;
  /** Undefined for the default, which depends on where the output goes. */
  readonly format: Format | undefined;
}

export interface ListArguments extends CommonArguments {
  readonly command: "list";
  readonly criteria: CriteriaArguments;
  readonly until: string | undefined;
  readonly finishedSince: string | undefined;
  /** Infinity for all runs. */
  readonly limit: number;
  readonly count: boolean;
}

export interface WaitArguments extends CommonArguments {
  readonly command: "wait";
  readonly run: { readonly TransformId: string; readonly TaskRunId: string };
  readonly interval: number | undefined;
  readonly timeout: number;
}

export interface WatchArguments extends CommonArguments {
  readonly command: "watch";
  readonly criteria: CriteriaArguments;
  readonly state: string | undefined;
  readonly once: boolean;
  readonly interval: number | undefined;
}

type Arguments =
  | ListArguments
  | WaitArguments
  | WatchArguments
  | { readonly command: "help" }
  | { readonly command: "version" };

/** Parses the arguments. Throws an error for wrong usage. */
export function parseArguments(args: readonly string[]): Arguments {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };
  const [name, ...operands] = positionals;
  const command = readCommand(name);
  for (const option of Object.values(COMMAND_OPTIONS).flat()) {
    const allowed: readonly string[] = COMMAND_OPTIONS[command];
    if (values[option] !== undefined && !allowed.includes(option))
      throw new UsageError(`--${option} cannot be used with ${command}.`);
  }
  const common = {
    source: { region: values.region, profile: values.profile, endpoint: readUrl(values["endpoint-url"]) },
    format: readFormat(values.output),
  };
  const interval = readSeconds("--interval", values.interval);
  if (command === "wait") {
    const [TransformId, TaskRunId, ...rest] = operands;
    if (TransformId === undefined || TaskRunId === undefined || rest.length > 0)
      throw new UsageError("wait needs a transform and a run: glue-ml-task-runs wait TRANSFORM RUN.");
    const timeout = readSeconds("--timeout", values.timeout) ?? Infinity;
    return { ...common, command, run: { TransformId, TaskRunId }, interval, timeout };
  }
  const criteria = {
    transforms: [...new Set(operands)],
    statuses: splitList(values.status),
    types: splitList(values.type),
    since: values.since,
  };
  if (command === "watch")
    return { ...common, command, criteria, state: values.state, once: values.once ?? false, interval };
  const count = values.count ?? false;
  const limit = readLimit(values.limit ?? (count ? "0" : "50"));
  return { ...common, command, criteria, until: values.until, finishedSince: values["finished-since"], limit, count };
}

function readCommand(name: string | undefined): CommandName {
  const commands = Object.keys(COMMAND_OPTIONS);
  const isCommand = (value: string): value is CommandName => commands.includes(value);
  const known = `Commands: ${commands.join(", ")}, local; see --help.`;
  if (name === undefined) throw new UsageError(`a command is missing. ${known}`);
  if (!isCommand(name)) throw new UsageError(`Unknown command ${JSON.stringify(name)}. ${known}`);
  return name;
}

/** `a,b` given once or more often. */
function splitList(values: readonly string[] = []): string[] {
  return [...new Set(values.flatMap((value) => value.split(",")))];
}

function readFormat(value: string | undefined): Format | undefined {
  if (value === undefined) return undefined;
  const found = FORMATS.find((format) => format === value);
  if (!found) throw new UsageError(`--output must be one of ${FORMATS.join(", ")}, got ${JSON.stringify(value)}.`);
  return found;
}

function readUrl(value: string | undefined): string | undefined {
  if (value !== undefined && !(URL.canParse(value) && /^https?:/i.test(value)))
    throw new UsageError(`--endpoint-url must be a URL of http or https, got ${JSON.stringify(value)}.`);
  return value;
}

function readLimit(value: string): number {
  if (!/^\d{1,15}$/.test(value))
    throw new UsageError(`--limit must be an integer of at least 0, got ${JSON.stringify(value)}.`);
  return Number(value) || Infinity;
}

/** The longest interval and pause that the library accepts. */
const DAY = 86_400;

function readSeconds(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  const max = option === "--interval" ? DAY : Infinity;
  if (!/^[\d.]+$/.test(value) || !(seconds > 0 && seconds <= max)) {
    const range = max === DAY ? "above 0 and up to 86400" : "above 0";
    throw new UsageError(`${option} must be a number of seconds ${range}, got ${JSON.stringify(value)}.`);
  }
  return seconds;
}
