/** The timeline of the examples, tested in Chromium. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { MLTaskRun } from "glue-ml-task-runs";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { openBrowser } from "../../examples/timeline/browser.js";
import { renderTimeline } from "../../examples/timeline/render.js";
import { configureFor, createFolder, runExample } from "../examples/support.js";
import { ids, startGlue, TransformId } from "../support.js";

const from = new Date("2026-10-25");
const to = new Date("2026-11-01");
const sample = { transformId: TransformId, from, to };
const isFailure = ({ Status }: MLTaskRun) => Status === "FAILED" || Status === "TIMEOUT";

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser?.close());

/** Opens a file and records its requests and errors. */
async function open(file: string, options: BrowserContextOptions = {}) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
  onTestFinished(() => page.close());
  const requests: string[] = [];
  const errors: unknown[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("pageerror", (error) => errors.push(error));
  page.on("console", (message) => errors.push(message.text()));
  const url = pathToFileURL(file).href;
  await page.goto(url);
  return { page, requests, errors, url };
}

async function openRuns(runs: readonly MLTaskRun[], options?: BrowserContextOptions) {
  const file = join(await createFolder(), "runs.html");
  await writeFile(file, await renderTimeline(runs, sample));
  return open(file, options);
}

const idsOf = (page: Page, selector: string) =>
  page.locator(selector).evaluateAll((elements) => elements.map(({ id }) => id));

it("openBrowser() without a Chromium rejects with an error that says what to do", async () => {
  vi.stubEnv("CHROMIUM_PATH", "/nowhere/chromium");
  await expect(openBrowser()).rejects.toThrow("No Chromium at /nowhere/chromium. Install it");
});

it("The example timeline draws each run of the period once and sends no request", async () => {
  const glue = await startGlue();
  const now = Date.now();
  const hours = (count: number) => now - count * 60 * 60 * 1000;
  const recent = sampleTaskRuns({ transformId: TransformId, count: 150, from: hours(40), to: now });
  glue.addTaskRuns(recent);
  glue.addTaskRuns(sampleTaskRuns({ transformId: TransformId, count: 50, seed: 2, from: hours(200), to: hours(60) }));
  const { args, env } = configureFor(glue);
  const { stdout, folder } = await runExample("timeline", { args: [...args, "--days", "2", "two-days.html"], env });
  expect(stdout).toBe(`Runs of ${TransformId} in two-days.html: 150\n`);
  const { page, requests, errors, url } = await open(join(folder, "two-days.html"));
  expect((await idsOf(page, "figure .runs rect")).toSorted()).toEqual(ids(recent).toSorted());
  expect(await page.title()).toBe(`Task runs of ${TransformId}`);
  expect(requests).toEqual([url]);
  expect(errors).toEqual([]);
});

describe("The page of the timeline", () => {
  it("draws 2,500 runs without overlaps", async () => {
    const runs = sampleTaskRuns({ ...sample, count: 2500 });
    const { page } = await openRuns(runs);
    const boxesOf = (selector: string) =>
      page.locator(selector).evaluateAll((marks) =>
        marks.map((mark) => {
          const { left, right, top, bottom } = mark.getBoundingClientRect();
          return { left, right, top, bottom };
        }),
      );
    type Box = Awaited<ReturnType<typeof boxesOf>>[number];
    // Rounding may let two marks that touch overlap by half a pixel.
    const overlap = (a: Box, b: Box) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5 && a.top < b.bottom && b.top < a.bottom;
    const bars = await boxesOf("figure .runs rect");
    const symbols = (await boxesOf("figure .failures path")).map(({ left, right, ...others }) => {
      // The bounding box of a cross is wider than the cross, whose width is 14 pixels.
      const middle = (left + right) / 2;
      return { left: middle - 7, right: middle + 7, ...others };
    });
    expect(bars).toHaveLength(2500);
    expect(symbols).toHaveLength(runs.filter(isFailure).length);
    // Each bar and each symbol overlaps exactly one bar: its own.
    for (const mark of [...bars, ...symbols]) expect(bars.filter((bar) => overlap(bar, mark))).toHaveLength(1);
    expect(Math.min(...bars.map(({ left, right }) => right - left))).toBeGreaterThan(2);
  });

  it("shows the counts by status in its legend, failures first, and the counts by type at its lanes", async () => {
    const runs = sampleTaskRuns({ ...sample, count: 300 });
    const { page } = await openRuns(runs);
    const legend = (await page.locator("li").allInnerTexts()).map((text) => text.trim().split(" "));
    const counts = legend.map(([count, status]) => [status, Number(count)]);
    expect(counts.slice(0, 2).map(([status]) => status)).toEqual(["FAILED", "TIMEOUT"]);
    expect(Object.fromEntries(counts)).toEqual(countBy(runs, ({ Status }) => Status));
    const lanes = await page.locator("figure text").allTextContents();
    for (const [type, count] of Object.entries(countBy(runs, ({ Properties }) => Properties.TaskType ?? ""))) {
      expect(lanes).toEqual(expect.arrayContaining([type, `${count} runs`]));
    }
    expect(lanes).toEqual(expect.arrayContaining(["Task type", "Time (UTC)"]));
  });

  it("draws a bar from start to end, and up to now for a run that is not finished", async () => {
    const run = { TransformId, Properties: { TaskType: "EVALUATION" } } as const;
    const [day3, day5] = [new Date("2026-10-27"), new Date("2026-10-29")];
    const { page } = await openRuns([
      { ...run, TaskRunId: "whole", Status: "SUCCEEDED", StartedOn: from, CompletedOn: to },
      { ...run, TaskRunId: "ended", Status: "STOPPED", StartedOn: day3, CompletedOn: day5 },
      { ...run, TaskRunId: "running", Status: "RUNNING", StartedOn: day5 },
      { ...run, TaskRunId: "waiting", Status: "STARTING" },
    ]);
    const box = async (id: string) => (await page.locator(`#${id}`).boundingBox()) ?? { x: 0, y: 0, width: 0 };
    const [whole, ended, running] = await Promise.all([box("whole"), box("ended"), box("running")]);
    expect(ended.width / whole.width).toBeCloseTo(2 / 7, 2);
    expect((ended.x - whole.x) / whole.width).toBeCloseTo(2 / 7, 2);
    expect(running.x + running.width).toBeCloseTo(whole.x + whole.width, 0);
    // Two runs one after the other share a row below the run that takes the whole period.
    expect(running.y).toBe(ended.y);
    expect(running.y).toBeGreaterThan(whole.y);
    expect(await page.locator("figure .runs rect").count()).toBe(3);
  });

  it.for(["light", "dark"] as const)(
    "shows failures by colour and by symbol in the %s colour scheme",
    async (colorScheme) => {
      const history = sampleTaskRuns({ ...sample, count: 300 });
      const runs = history.map((run, index): MLTaskRun => (index === 299 ? { ...run, Status: "RUNNING" } : run));
      const { page } = await openRuns(runs, { colorScheme });
      expect(await page.locator("figure .failures path").count()).toBe(runs.filter(isFailure).length);
      const colorOf = async (status: string) => {
        const { TaskRunId } = runs.find(({ Status }) => Status === status) ?? { TaskRunId: "" };
        return page.evaluate<string>(`getComputedStyle(document.getElementById("${TaskRunId}")).fill`);
      };
      const colors = await Promise.all(["FAILED", "TIMEOUT", "STOPPED", "SUCCEEDED", "RUNNING"].map(colorOf));
      expect(new Set(colors).size).toBe(5);
      const background = await page.evaluate<string>("getComputedStyle(document.body).backgroundColor");
      expect(background).toBe({ light: "rgb(255, 255, 255)", dark: "rgb(20, 24, 29)" }[colorScheme]);
      const shapes = await page
        .locator("figure .failures path")
        .evaluateAll((paths) => paths.map((path) => path.getAttribute("d")));
      expect(new Set(shapes).size).toBe(2);
    },
  );

  it("shows the details of the run under the pointer and hides them when the pointer leaves", async () => {
    const runs = sampleTaskRuns({ ...sample, count: 300 });
    const { page } = await openRuns(runs);
    const output = page.locator("output");
    expect(await output.isVisible()).toBe(false);
    for (const run of runs.filter(isFailure).slice(0, 3)) {
      await page.locator(`#${run.TaskRunId}`).hover();
      expect(await output.isVisible()).toBe(true);
      const text = await output.innerText();
      expect(text).toContain(`${run.Status} ${run.Properties.TaskType}\n${run.TaskRunId}\n`);
      expect(text).toContain(`Started ${run.StartedOn?.toISOString().slice(0, 16).replace("T", " ")} UTC`);
      expect(text).toMatch(/UTC, after (\d+ h )?\d+ (min|s)/);
      expect(text).toContain(run.ErrorString);
    }
    await page.locator("h1").hover();
    expect(await output.isVisible()).toBe(false);
  });

  it("has the details in titles if scripts are disabled", async () => {
    const runs = sampleTaskRuns({ ...sample, count: 50 });
    const { page } = await openRuns(runs, { javaScriptEnabled: false });
    const html = await page.content();
    for (const { TaskRunId } of runs) expect(html).toMatch(new RegExp(`<title>[A-Z_ ]+\n${TaskRunId}\n`));
  });

  it("lists the failures, newest first, with links to their bars", async () => {
    const runs = sampleTaskRuns({ ...sample, count: 300 });
    const { page } = await openRuns(runs);
    const links = page.locator("td a");
    const targets = await links.evaluateAll((found) => found.map((link) => link.getAttribute("href")));
    expect(targets).toEqual(
      ids(runs.filter(isFailure))
        .reverse()
        .map((id) => `#${id}`),
    );
    await links.first().click();
    expect(await idsOf(page, "rect:target")).toEqual([targets[0]?.slice(1)]);
  });

  it("shows HTML in an error message as text", async () => {
    const run = { StartedOn: new Date("2026-10-28"), CompletedOn: new Date("2026-10-29") } as const;
    const evil = `</title></script><script>console.log("oh")</script><img src="http://127.0.0.1:9/x"> & "`;
    const { page, requests, errors, url } = await openRuns([
      {
        ...run,
        TransformId,
        TaskRunId: "a",
        Status: "FAILED",
        ErrorString: evil,
        Properties: { TaskType: "EVALUATION" },
      },
    ]);
    expect(await page.locator("td").last().textContent()).toBe(evil);
    await page.locator("#a").hover();
    expect(await page.locator("output").textContent()).toContain(evil);
    expect({ requests, errors }).toEqual({ requests: [url], errors: [] });
  });

  it("shows the period and the count 0 if there are no runs", async () => {
    const { page, errors } = await openRuns([]);
    expect(await page.locator("p").textContent()).toContain("0 runs from 2026-10-25 00:00 to 2026-11-01 00:00 UTC");
    expect(await page.locator("section").isVisible()).toBe(false);
    expect(errors).toEqual([]);
  });
});

function countBy<T>(items: readonly T[], key: (item: T) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}
