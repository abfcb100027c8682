/** Headless Chromium, as the system has it: `CHROMIUM_PATH` says where, if not at /usr/bin/chromium. */
import { access, constants } from "node:fs/promises";
import { type Browser, chromium } from "playwright-core";

export async function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
  try {
    await access(executablePath, constants.X_OK);
  } catch (cause) {
    const message = `There is no Chromium at ${executablePath}: install it (apt-get install chromium), or set CHROMIUM_PATH.`;
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
