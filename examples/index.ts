/**
 * `npm run example NAME -- ...` runs an example: with `--transform-id` or `--region` on AWS, otherwise on a local
 * endpoint. Without a name it lists the examples. An example needs nothing of this: it takes the endpoint from the
 * environment, as every client of the SDK does.
 */
import { readdir, readFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { InvalidQueryError } from "glue-ml-task-runs";
import { startEndpoint } from "./local.js";

/** What shows changes: on the local endpoint runs are started meanwhile. The options are for short runs. */
const LIVE: Readonly<Record<string, readonly string[]>> = { watch: ["--interval", "1"], "event-bridge": [] };

// Tests compile it.
const extension = extname(import.meta.filename);
const [name, ...args] = process.argv.slice(2);
const files = await readdir(import.meta.dirname);
const names = files
  .filter((file) => file.endsWith(extension))
  .map((file) => basename(file, extension))
  .filter((file) => !["index", "local"].includes(file))
  .sort();

// What the SDK says to developers about the version of Node.js is of no use here.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
// EPIPE: the reader of a pipe has ended, as in `| head -1`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit();
  throw error;
});

if (name !== undefined && names.includes(name)) {
  try {
    await run(name, args);
  } catch (error) {
    if (!isWrongUsage(error)) throw error;
    console.error(error.message.split("\n")[0]);
    process.exitCode = 2;
  }
} else {
  if (name !== undefined) {
    console.error(`There is no example ${name}.\n`);
    process.exitCode = 1;
  }
  console.log("npm run example NAME [-- --transform-id tfm-... --region ...]\n");
  for (const name of names) console.log(`  ${name.padEnd(20)}${await describe(name)}`);
}

/** Runs an example, which sees the arguments as if it were the program itself. */
async function run(name: string, args: string[]): Promise<void> {
  const { region, others, isAws } = parse(args);
  if (region !== undefined) process.env.AWS_REGION = region;
  // The demo starts its own.
  await using glue = isAws || name === "demo" ? undefined : await startEndpoint(name in LIVE);
  if (glue) {
    // The keys count only without a profile.
    delete process.env.AWS_PROFILE;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL_GLUE: glue.endpoint,
      AWS_REGION: "us-east-1",
      AWS_ACCESS_KEY_ID: "local",
      AWS_SECRET_ACCESS_KEY: "local",
    });
    others.unshift(...(LIVE[name] ?? []));
  }
  const file = join(import.meta.dirname, `${name}${extension}`);
  process.argv.splice(1, Number.POSITIVE_INFINITY, file, ...others);
  await import(pathToFileURL(file).href);
}

/** Takes `--region` out of the arguments. */
function parse(args: readonly string[]) {
  const options = { region: { type: "string" }, "transform-id": { type: "string" } } as const;
  const { tokens, values } = parseArgs({ args: [...args], options, strict: false, tokens: true });
  const { region } = values;
  const others = [...args];
  for (const token of tokens.toReversed()) {
    if (token.kind !== "option" || token.name !== "region") continue;
    others.splice(token.index, token.inlineValue === false ? 2 : 1);
  }
  const isAws = "region" in values || "transform-id" in values;
  return { region: typeof region === "string" ? region : undefined, others, isAws };
}

/** Whether an example has refused its options, or the library what was made of them. */
function isWrongUsage(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error instanceof InvalidQueryError || ("code" in error && `${error.code}`.startsWith("ERR_PARSE_ARGS_"));
}

/** Reads the first line of the comment at the top of an example. */
async function describe(name: string): Promise<string | undefined> {
  const source = await readFile(join(import.meta.dirname, `${name}${extension}`), "utf8");
  return /^\/\*\*\s*(?:\* )?(.+?)(?: \*\/)?$/m.exec(source)?.[1];
}
