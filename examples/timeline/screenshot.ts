/** `npm run screenshot` takes the README's pictures of the timeline: light.png and dark.png. */
import { fileURLToPath } from "node:url";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { openBrowser } from "./browser.js";
import { renderTimeline } from "./render.js";

const transformId = "tfm-0123456789abcdef0123456789abcdef01234567";
const [from, to] = [new Date("2026-10-29"), new Date("2026-11-01")];
const runs = sampleTaskRuns({ transformId, count: 160, from, to });
const html = await renderTimeline(runs, { transformId, from, to });
const failed = runs.find(({ Status, Properties }) => Status === "FAILED" && Properties.TaskType === "IMPORT_LABELS");

const browser = await openBrowser();
for (const colorScheme of ["light", "dark"] as const) {
  const page = await browser.newPage({ colorScheme, viewport: { width: 1248, height: 636 }, deviceScaleFactor: 1.5 });
  await page.setContent(html);
  await page.locator(`#${failed?.TaskRunId}`).hover();
  await page.screenshot({ path: fileURLToPath(new URL(`${colorScheme}.png`, import.meta.url)) });
}
await browser.close();
