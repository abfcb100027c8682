import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build } from "esbuild";
import { MLTaskRuns, taskRunFilter } from "glue-ml-task-runs";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createFolder, root } from "./examples/support.js";
import { collect, createFakeClient, ids, idsNewestFirst, startGlue, TransformId } from "./support.js";

async function* nativeGenerator() {
  yield 1;
}
/** The prototype of all native async iterators. */
const asyncIteratorPrototype: object = Object.getPrototypeOf(
  Object.getPrototypeOf(Object.getPrototypeOf(nativeGenerator())),
);

const since2020 = taskRunFilter().startedAfter("2020-01-01");

describe.for<[string, (taskRuns: MLTaskRuns) => AsyncIterator<unknown, unknown>]>([
  ["runs of list()", (taskRuns) => taskRuns.list({ TransformId })[Symbol.asyncIterator]()],
  ["runs of listAny()", (taskRuns) => taskRuns.listAny([{ TransformId }])[Symbol.asyncIterator]()],
  ["pages", (taskRuns) => taskRuns.list({ TransformId }).pages()],
  ["runs of a watch", (taskRuns) => taskRuns.watch({ TransformId, Filter: since2020 })[Symbol.asyncIterator]()],
])("An iterator of the %s", ([, iterate]) => {
  it("inherits from the prototype of all async iterators", async () => {
    const glue = await startGlue(3);
    const iterator = iterate(new MLTaskRuns(glue.client()));
    expect(Object.prototype.isPrototypeOf.call(asyncIteratorPrototype, iterator)).toBe(true);
  });

  it("has the helpers that a runtime adds to this prototype", async () => {
    const glue = await startGlue(3);
    async function* take(this: AsyncIterator<unknown>, count: number) {
      for (let taken = 0; taken < count; taken += 1) yield (await this.next()).value;
      await this.return?.();
    }
    Object.defineProperty(asyncIteratorPrototype, "takeForTest", { value: take, configurable: true });
    onTestFinished(() => void Reflect.deleteProperty(asyncIteratorPrototype, "takeForTest"));
    const iterator = iterate(new MLTaskRuns(glue.client()));
    // The compiler does not know the helper.
    const taken: AsyncIterable<unknown> = Reflect.get(iterator, "takeForTest").call(iterator, 1);
    expect(await collect(taken)).toEqual([expect.any(Object)]);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
  });
});

it("A list works where a compiler has replaced async generators", async () => {
  const glue = await startGlue(3);
  const outfile = join(await createFolder(), "old.mjs");
  await build({
    entryPoints: [join(root, "src/index.ts")],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    format: "esm",
    external: ["@aws-sdk/*"],
    target: "es2017",
  });
  const old: typeof import("glue-ml-task-runs") = await import(pathToFileURL(outfile).href);
  const list = new old.MLTaskRuns(glue.client()).list({ TransformId });
  expect(ids(await list.toArray())).toEqual(idsNewestFirst(3));
});

it("An iterator has no method to dispose of it where the runtime lacks Symbol.asyncDispose", async () => {
  const native = Symbol;
  // Its target is not Symbol itself, of which a Proxy cannot hide the member.
  const older = new Proxy(() => {}, {
    get: (_, name) => (name === "asyncDispose" ? undefined : Reflect.get(native, name)),
    apply: (_, __, [description]) => native(description),
  });
  vi.stubGlobal("Symbol", older);
  vi.resetModules();
  const { MLTaskRuns } = await import("glue-ml-task-runs");
  const iterator = new MLTaskRuns(createFakeClient(() => ({}))).list({ TransformId })[Symbol.asyncIterator]();
  vi.unstubAllGlobals();
  expect(Object.getOwnPropertySymbols(iterator)).toEqual([]);
  expect(await iterator.next()).toEqual({ done: true, value: undefined });
});
