/** `npm run screenshot` takes the README's pictures of the timeline: light.webp and dark.webp. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { sampleTaskRuns } from "glue-ml-task-runs/local";
import { openBrowser } from "./browser.js";
import { renderTimeline } from "./render.js";

const transformId = "tfm-0123456789abcdef0123456789abcdef01234567";
const [from, to] = [new Date("2026-10-29"), new Date("2026-11-01")];
const runs = sampleTaskRuns({ transformId, count: 160, from, to });
const html = await renderTimeline(runs, { transformId, from, to });
const failed = runs.find(({ Status, Properties }) => Status === "FAILED" && Properties.TaskType === "EVALUATION");

const browser = await openBrowser();
for (const colorScheme of ["light", "dark"] as const) {
  const page = await browser.newPage({ colorScheme, viewport: { width: 960, height: 405 } });
  await page.setContent(html);
  await page.locator(`#${failed?.TaskRunId}`).hover();
  const png = await page.screenshot();
  await writeFile(fileURLToPath(new URL(`${colorScheme}.webp`, import.meta.url)), await toWebP(png));
}
await browser.close();

/** Converts a picture in the browser, since a screenshot cannot be WebP, which takes half of the bytes. */
async function toWebP(png: Buffer): Promise<Buffer> {
  const page = await browser.newPage();
  // Text, because the types of a browser are not those of this project.
  const url = await page.evaluate<string>(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${png.toString("base64")}";
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL("image/webp", 0.7);
  })()`);
  return Buffer.from(url.replace(/^.*,/, ""), "base64");
}
