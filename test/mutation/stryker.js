/** A part of the source, and the tests that are to find what is broken in it: each part has its own. */
export const part = (name, mutate) => ({
  testRunner: "vitest",
  vitest: { configFile: `test/mutation/${name}.config.ts`, related: false },
  buildCommand: "npm run build",
  mutate,
  coverageAnalysis: "perTest",
  incremental: true,
  incrementalFile: `reports/${name}.json`,
  reporters: ["progress-append-only", "clear-text", "html"],
  htmlReporter: { fileName: `reports/${name}.html` },
  clearTextReporter: { logTests: false, allowColor: false },
  thresholds: { high: 95, low: 90, break: 90 },
  timeoutMS: 10_000,
  concurrency: 2,
});
