/** The pages of the guide, made of what the repository has: the README's sections, the examples, the project's documents. */
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

interface Page {
  readonly title: string;
  readonly text: string;
  /** How the repository links to it. */
  readonly address: string;
  /** What it is about, in a sentence. */
  readonly summary?: string;
  /** The pages below it in the sidebar. */
  readonly children?: readonly Page[];
}

/**
 * Writes the pages as Markdown into a folder. What is a link to a section or a file in the repository becomes one to its
 * page; other files of the repository are linked where they are.
 *
 * @returns their paths, in order: the start page, and those in the sidebar, which name the ones below them
 */
export async function writeGuide(root: string, folder: string): Promise<{ start: string; pages: string[] }> {
  const { start, pages } = await readPages(root);
  const all = [start, ...pages].flatMap((page) => [page, ...(page.children ?? [])]);
  const names = all.map(nameOf);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two pages would be ${twice}.`);
  const links = new Map(all.flatMap(linksTo));
  const linkFrom = (page: Page, href: string) => {
    if (URL.canParse(href)) return href;
    const address = href.startsWith("#") ? `${fileOf(page)}${href}` : href.replace(/\/$/, "");
    const link = links.get(address);
    if (link === undefined && address.includes("#")) {
      throw new Error(`${page.address} links to ${address}: no such heading.`);
    }
    return link ?? join(relative(folder, root), href);
  };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const page of all) {
    const { title, children = [] } = page;
    const front = Object.entries({ title, children: children.map(nameOf) });
    // In YAML, whose values may be JSON.
    const frontmatter = front.map(([name, value]) => `${name}: ${JSON.stringify(value)}\n`).join("");
    const text = page.text.replace(CODE_OR_LINK, (all, before, href) => (before ? before + linkFrom(page, href) : all));
    await writeFile(join(folder, nameOf(page)), `---\n${frontmatter}---\n\n${text}`);
  }
  const pathOf = (page: Page) => join(folder, nameOf(page));
  return { start: pathOf(start), pages: pages.map(pathOf) };
}

const CODE_OR_LINK = /^```.*?^```|`[^`]*`|(\]\(|(?:src|srcset|href)=")([^)"\s]+)/gms;

async function readPages(root: string): Promise<{ start: Page; pages: Page[] }> {
  const read = (file: string) => readFile(join(root, file), "utf8");
  const [preamble = "", ...sections] = (await read("README.md")).split(/^(?=## )/m);
  const files = await readdir(join(root, "examples"), { recursive: true });
  const examples = files.filter((file) => file.endsWith(".ts")).sort();
  const documents = ["CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE"];
  const examplePages = await Promise.all(examples.map(async (file) => exampleOf(file, await read(`examples/${file}`))));
  const pages = [
    ...sections
      .map((section) => pageOf("README.md", section))
      // The licence is a document of its own.
      .filter(({ title }) => title !== "Licence")
      .map((page) => (page.title === "Examples" ? { ...page, children: examplePages } : page)),
    overview("Project", ".", await Promise.all(documents.map(async (file) => pageOf(file, await read(file))))),
  ];
  const text = `${preamble.replace(/^# .*/, "")}\n${listOf(pages)}`;
  return { start: { title: "Start", text, address: "README.md" }, pages };
}

/** A page of a document, or of a section of one; its first line is the title. */
function pageOf(file: string, text: string): Page {
  const [, level = "", title = ""] = /^(#*) *(.*)/.exec(text) ?? [];
  const address = level === "##" ? `${file}#${slug(title)}` : file;
  return { title, text: text.replace(/^.*/, `# ${title}`), address };
}

function exampleOf(file: string, code: string): Page {
  const [, opening = ""] = /^\/\*\*[\s*]+(.*?)[.:]\s/s.exec(code) ?? [];
  const text = `# ${file}\n\n\`\`\`ts\n${code}\`\`\`\n`;
  return { title: file, text, address: `examples/${file}`, summary: opening.replaceAll(/\s+\*\s+/g, " ") };
}

/** A page that lists those below it. */
function overview(title: string, address: string, children: readonly Page[]): Page {
  return { title, text: `# ${title}\n\n${listOf(children)}`, address, children };
}

function listOf(pages: readonly Page[]): string {
  return pages
    .map(({ title, address, summary }) => `- [${title}](${address})${summary === undefined ? "" : `: ${summary}`}\n`)
    .join("");
}

/** Every address that leads to a page, and where that is on the site. */
function linksTo(page: Page): [address: string, href: string][] {
  const headings = [...page.text.matchAll(/^##+ (.+)$/gm)].map(([, heading = ""]) => `#${slug(heading)}`);
  return [
    [page.address, nameOf(page)],
    ...headings.map((heading): [string, string] => [`${fileOf(page)}${heading}`, `${nameOf(page)}${heading}`]),
  ];
}

const fileOf = ({ address }: Page) => address.replace(/#.*/, "");

const nameOf = ({ title }: Page) => `${slug(title)}.md`;

/** The anchor of a heading, as GitHub makes it. */
function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}_ -]/gu, "")
    .replaceAll(" ", "-");
}
