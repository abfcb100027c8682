/** Starts the system's Chromium without a window: /usr/bin/chromium, or the path in the variable `CHROMIUM_PATH`. */
import { access, constants } from "node:fs/promises";
import { type Browser, chromium } from "playwright-core";

export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
  try {
    await access(executablePath, constants.X_OK);
  } catch (cause) {
    const message = `No Chromium at ${executablePath}. Install it (apt-get install chromium), or set CHROMIUM_PATH.`;
    throw new Error(message, { cause });
  }
  const switches = [
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
  ];
  return chromium.launch({ executablePath, args: switches.map((name) => `--${name}`) });
}
