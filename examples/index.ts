/** `npm run example NAME -- ...` runs an example. Without a name it lists the examples. */
import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [name, ...args] = process.argv.slice(2);
const files = await readdir(import.meta.dirname);
const names = files
  .filter((file) => file.endsWith(".ts"))
  .map((file) => basename(file, ".ts"))
  .filter((file) => !["index", "client"].includes(file))
  .sort();

if (name !== undefined && names.includes(name)) {
  const file = join(import.meta.dirname, `${name}.ts`);
  // The example sees the arguments as if it were the program itself.
  process.argv.splice(1, Number.POSITIVE_INFINITY, file, ...args);
  await import(pathToFileURL(file).href);
} else {
  if (name !== undefined) {
    console.error(`There is no example ${name}.\n`);
    process.exitCode = 1;
  }
  console.log("npm run example NAME [-- --transform-id tfm-... --region ...]\n");
  for (const name of names) console.log(`  ${name.padEnd(20)}${await describe(name)}`);
}

/** Reads the first line of the comment at the top of an example. */
async function describe(name: string): Promise<string | undefined> {
  const source = await readFile(join(import.meta.dirname, `${name}.ts`), "utf8");
  return /^\/\*\*\s*(?:\* )?(.+?)(?: \*\/)?$/m.exec(source)?.[1];
}
