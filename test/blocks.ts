/** The TypeScript blocks of the README and of `docs`, which tests compile and run as printed. */
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * Writes files into a new folder. It is inside the project, so that `glue-ml-task-runs` is the built package, through
 * its `exports`. The caller removes it.
 */
export async function writeProject(files: Iterable<readonly [name: string, code: string]>): Promise<string> {
  const folder = await mkdtemp(join(root, ".documentation-"));
  for (const [name, code] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), code);
  }
  return folder;
}

/** The programs of all pages but `frameworks.md`, whose blocks are files of one project. */
export async function readAllPrograms(): Promise<Program[]> {
  const docs = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md") && name !== "frameworks.md");
  const pages = ["README.md", ...docs.map((name) => `docs/${name}`)];
  return (await Promise.all(pages.map(readPrograms))).flat();
}

/** The blocks of `frameworks.md` by their file, which their first line names. */
export async function readFrameworkFiles(): Promise<Map<string, string>> {
  const page = await readFile(join(root, "docs/frameworks.md"), "utf8");
  return new Map(
    [...page.matchAll(/^```ts\n\/\/ ([^\n]*)\n(.*?)^```$/gms)].map(([, name = "", code = ""]) => [name, code]),
  );
}

export interface Program {
  readonly page: string;
  /** The program's file name. */
  readonly name: string;
  /** The block as printed. */
  readonly block: string;
  /** The block behind the imports and constants of the page's first block, which a reader has seen. */
  readonly code: string;
  /** The number of tests in the block. */
  readonly tests: number;
}

/** Blocks after a page's first one follow the imports and `taskRuns` of that one, unless they have their own. */
async function readPrograms(page: string): Promise<Program[]> {
  const text = await readFile(join(root, page), "utf8");
  const blocks = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block = ""]) => block);
  const [setup = ""] = /^.*?^const taskRuns = .*?\n/ms.exec(blocks[0] ?? "") ?? [];
  return blocks.map((block, index) => {
    const tests = block.match(/^it\(/gm)?.length ?? 0;
    const isComplete = index === 0 || block.includes("import { MLTaskRuns");
    return {
      page,
      name: `${page.replace(/\W+/g, "-")}-${index + 1}${tests > 0 ? ".test" : ""}.ts`,
      block,
      code: isComplete ? block : `${setup}\n${block}`,
      tests,
    };
  });
}
