/** The tests of the local endpoint that see its source as it is changed, and not the built command. */
import { defineConfig } from "vitest/config";
import config from "../../vitest.config.js";
import { QuickestFirst } from "./quickest-first.js";

export default defineConfig({
  ...config,
  test: {
    testTimeout: 10_000,
    isolate: false,
    sequence: { sequencer: QuickestFirst },
    include: ["test/{cache,command,history,hostile,local,request-log,sample}.test.ts"],
    testNamePattern: "^(?!.*(as a process|10,000 malformed))",
  },
});
