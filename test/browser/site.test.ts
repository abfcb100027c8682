/** The documentation site as a reader's browser sees it: `npm run test:browser` makes it, and follows every link in it. */
import { readFile } from "node:fs/promises";
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
};

/** What a page shows, and where its links lead. */
interface Seen {
  readonly heading: string;
  readonly code: readonly string[];
  readonly ids: readonly string[];
  readonly links: readonly string[];
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
const site = new Map<string, Seen>();

beforeAll(async () => {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  // It listens on a TCP port, so its address is neither a path nor null.
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await openBrowser();
  page = await browser.newPage();
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`${page.url()}: ${response.url()} is ${response.status()}`);
  });

  // What is added to a set while it is gone through comes up, too.
  const found = new Set([`${origin}/index.html`]);
  for (const address of found) {
    const seen = await see(address);
    site.set(address, seen);
    for (const link of seen.links) if (link.startsWith(origin)) found.add(withoutFragment(link));
  }
}, 180_000);

afterAll(async () => {
  await browser?.close();
  server.close();
});

async function see(address: string): Promise<Seen> {
  if (!address.endsWith(".html")) {
    if (!(await fetch(address)).ok) problems.push(`${address} is not there.`);
    return { heading: "", code: [], ids: [], links: [] };
  }
  await page.goto(address);
  // A script of the site fills the sidebar.
  await page.locator("#tsd-nav-container a").first().waitFor({ state: "attached" });
  return page.evaluate(() => ({
    heading: document.querySelector("h1")?.textContent?.trim() ?? "",
    code: Array.from(document.querySelectorAll<HTMLElement>("pre > code"), ({ innerText }) => innerText),
    ids: Array.from(document.querySelectorAll("[id]"), ({ id }) => id),
    links: Array.from(document.querySelectorAll<HTMLAnchorElement>("a[href]"), ({ href }) => href),
  }));
}

const withoutFragment = (link: string) => link.replace(/#.*/, "");

const headings = () => [...site.values()].map(({ heading }) => heading);

it("opens page after page without an error", () => {
  expect(problems).toEqual([]);
});

it("has what its links lead to", () => {
  const dangling = [...site].flatMap(([address, { links }]) =>
    links
      .filter((link) => link.startsWith(origin) && new URL(link).hash !== "")
      .filter((link) => !site.get(withoutFragment(link))?.ids.includes(decodeURIComponent(new URL(link).hash.slice(1))))
      .map((link) => `${address}: ${link}`),
  );
  expect(dangling).toEqual([]);
});

it("leads out of itself by https only", () => {
  const links = [...site.values()].flatMap((seen) => seen.links).filter((link) => !link.startsWith(origin));
  expect(links).toContain("https://docs.aws.amazon.com/glue/latest/webapi/API_GetMLTaskRuns.html");
  expect(links.filter((link) => !link.startsWith("https://"))).toEqual([]);
});

it.each(["src/index.ts", "src/local/index.ts"])("has a page for each export of %s", async (entry) => {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([join(root, entry)], options);
  const checker = program.getTypeChecker();
  const file = program.getSourceFile(join(root, entry));
  const symbol = file && checker.getSymbolAtLocation(file);
  const names = symbol ? checker.getExportsOfModule(symbol).map(({ name }) => name) : [];
  expect(names.length).toBeGreaterThan(5);
  const shown = headings().map((heading) => /^(?:Class|Function|Interface|Type Alias) (\w+)/.exec(heading)?.[1]);
  expect(names.filter((name) => !shown.includes(name))).toEqual([]);
});

it("has the whole README: a page for each section, and every block of code", async () => {
  const readme = await readFile(join(root, "README.md"), "utf8");
  const sections = [...readme.matchAll(/^## (.+)$/gm)].map(([, title = ""]) => title);
  expect(sections.length).toBeGreaterThan(10);
  expect(sections.filter((title) => !headings().includes(title))).toEqual(["Licence"]);
  const shown = [...site.values()].flatMap(({ code }) => code.map((block) => block.trim()));
  const blocks = [...readme.matchAll(/^```\w*\n(.*?)^```$/gms)].map(([, block = ""]) => block.trim());
  expect(blocks.filter((block) => !shown.includes(block))).toEqual([]);
});

it("finds a symbol by its name", async () => {
  await page.goto(`${origin}/index.html`);
  await page.keyboard.press("/");
  await page.locator("#tsd-search-input").fill("taskRunFilter");
  await page.locator("#tsd-search-results a[href*='.taskRunFilter.']").click();
  await page.getByRole("heading", { name: "Function taskRunFilter" }).waitFor();
});

it("finds what the guide says", async () => {
  await page.goto(`${origin}/index.html`);
  await page.keyboard.press("/");
  await page.locator("#tsd-search-input").fill("throttling");
  const results = page.locator("#tsd-search-results a");
  await results.first().waitFor();
  expect(await results.allInnerTexts()).toContainEqual(expect.stringContaining("Errors, and what is retried"));
});
