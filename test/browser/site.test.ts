/** The documentation site in a browser: `npm run test:browser` makes the site, and follows every link in it. */
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import ts from "typescript";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openBrowser } from "../../examples/timeline/browser.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
};

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

/** What a page shows, and where its links lead. */
interface PageContent {
  readonly heading: string;
  readonly code: readonly string[];
  readonly ids: readonly string[];
  readonly links: readonly string[];
  /** How wide the page is on a phone. */
  readonly phoneWidth: number;
}

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://localhost");
  try {
    const content = await readFile(join(root, "site", decodeURIComponent(pathname)));
    response.writeHead(200, { "Content-Type": TYPES[extname(pathname)] ?? "application/octet-stream" }).end(content);
  } catch {
    response.writeHead(404).end();
  }
});
let browser: Browser;
let page: Page;
let origin = "";
const problems: string[] = [];
const site = new Map<string, PageContent>();

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  // It listens on a TCP port, so its address is neither a path nor null.
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await openBrowser();
  page = await browser.newPage({ viewport: DESKTOP });
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${page.url()}: ${response.url()} is ${response.status()}`);
  });

  // A loop over a set reaches what is added during the loop.
  const addresses = new Set([`${origin}/index.html`]);
  for (const address of addresses) {
    const content = await visit(address);
    site.set(address, content);
    for (const link of content.links) if (link.startsWith(origin)) addresses.add(withoutFragment(link));
  }
}, 180_000);

afterAll(async () => {
  await browser?.close();
  server.close();
});

async function visit(address: string): Promise<PageContent> {
  if (!address.endsWith(".html")) {
    if (!(await fetch(address)).ok) problems.push(`${address} is missing.`);
    return { heading: "", code: [], ids: [], links: [], phoneWidth: 0 };
  }
  await page.goto(address);
  // A script of the site fills the sidebar.
  await page.locator("#tsd-nav-container a").first().waitFor({ state: "attached" });
  await page.setViewportSize(PHONE);
  const phoneWidth = await page.evaluate(() => document.documentElement.scrollWidth);
  await page.setViewportSize(DESKTOP);
  const content = await page.evaluate(() => ({
    heading: document.querySelector("h1")?.textContent?.trim() ?? "",
    code: Array.from(document.querySelectorAll<HTMLElement>("pre > code"), ({ innerText }) => innerText),
    ids: Array.from(document.querySelectorAll("[id]"), ({ id }) => id),
    links: Array.from(document.querySelectorAll<HTMLAnchorElement>("a[href]"), ({ href }) => href),
  }));
  return { ...content, phoneWidth };
}

const withoutFragment = (link: string) => link.replace(/#.*/, "");

const headings = () => [...site.values()].map(({ heading }) => heading);

it("Every page opens without an error", () => {
  expect(problems).toEqual([]);
});

it("Every link with a fragment leads to an element of its page", () => {
  const dangling = [...site].flatMap(([address, { links }]) =>
    links
      .filter((link) => link.startsWith(origin) && new URL(link).hash !== "")
      .filter((link) => !site.get(withoutFragment(link))?.ids.includes(decodeURIComponent(new URL(link).hash.slice(1))))
      .map((link) => `${address}: ${link}`),
  );
  expect(dangling).toEqual([]);
});

it("Links to other sites use https", () => {
  const links = [...site.values()].flatMap((content) => content.links).filter((link) => !link.startsWith(origin));
  expect(links).toContain("https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTaskRuns.html");
  expect(links.filter((link) => !link.startsWith("https://"))).toEqual([]);
});

it.each(["src/index.ts", "src/local/index.ts"])("Each export of %s has a page", async (entry) => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([join(root, entry)], options);
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(join(root, entry));
  const symbol = file && checker.getSymbolAtLocation(file);
  const exported = symbol ? checker.getExportsOfModule(symbol) : [];
  // The SDK documents its own types, and some types of the library are for its other types only.
  const hasPage = (name: ts.Symbol) => {
    const symbol = name.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(name) : name;
    const isOfSdk = symbol.declarations?.some((part) => part.getSourceFile().fileName.includes("/node_modules/"));
    return !isOfSdk && !symbol.getJsDocTags().some((tag) => tag.name === "hidden");
  };
  const names = exported.filter(hasPage).map(({ name }) => name);
  expect(names.length).toBeGreaterThan(5);
  const symbols = headings().map((heading) => /^(?:Class|Function|Interface|Type Alias) (\w+)/.exec(heading)?.[1]);
  expect(names.filter((name) => !symbols.includes(name))).toEqual([]);
});

it("No page is wider than a phone", () => {
  const wide = [...site].filter(([, { phoneWidth }]) => phoneWidth > PHONE.width);
  expect(wide.map(([address, { phoneWidth }]) => `${address}: ${phoneWidth}`)).toEqual([]);
});

it.each([
  ["index.html", "glue-ml-task-runs"],
  ["documents/Performance.html", "figure"],
  ["documents/Performance.html", "concurrency: 8"],
])("On a phone, the page %s shows the column %s without scrolling", async (path, name) => {
  await page.setViewportSize(PHONE);
  await page.goto(`${origin}/${path}`);
  const box = await page.getByRole("columnheader", { name, exact: true }).first().boundingBox();
  await page.setViewportSize(DESKTOP);
  expect(box && box.x + box.width).toBeLessThanOrEqual(PHONE.width);
});

it("Each document is a page with all its blocks of code", async () => {
  const docs = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md"));
  expect(docs.length).toBeGreaterThan(7);
  const paths = ["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", ...docs.map((name) => `docs/${name}`)];
  for (const path of paths) {
    const text = await readFile(join(root, path), "utf8");
    const [, title] = /^# (.+)/.exec(text) ?? [];
    const shownBlocks = [...site.values()].find(({ heading }) => heading === title)?.code.map((block) => block.trim());
    const blocks = [...text.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, block = ""]) => block.trim());
    expect(shownBlocks, path).toEqual(expect.arrayContaining(blocks));
  }
});

it("A document links to the source of each example", () => {
  const sources = [...site.keys()].filter((address) => address.endsWith(".ts"));
  expect(sources.length).toBeGreaterThan(10);
});

it("The search finds a symbol by its name", async () => {
  await page.goto(`${origin}/index.html`);
  await page.keyboard.press("/");
  await page.locator("#tsd-search-input").fill("taskRunFilter");
  await page.locator("#tsd-search-results a[href*='.taskRunFilter.']").click();
  await page.getByRole("heading", { name: "Function taskRunFilter" }).waitFor();
});

it("The search finds words in the documents", async () => {
  await page.goto(`${origin}/index.html`);
  await page.keyboard.press("/");
  await page.locator("#tsd-search-input").fill("throttling");
  const results = page.locator("#tsd-search-results a");
  await results.first().waitFor();
  expect(await results.allInnerTexts()).toContainEqual(expect.stringContaining("Testing"));
});
