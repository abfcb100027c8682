/** Code that must compile and code that must not, with `--strict` only. */
import type { DisposableIterator, MLTaskRun, MLTaskRunList, MLTaskRuns } from "glue-ml-task-runs";

declare const taskRuns: MLTaskRuns;
declare const list: MLTaskRunList;

/** What may be undefined. */
export async function optional(run: MLTaskRun): Promise<unknown[]> {
  // @ts-expect-error StartedOn may be undefined.
  const started: Date = run.StartedOn;
  // @ts-expect-error The list may be empty.
  const first: MLTaskRun = await list.first();
  // @ts-expect-error The last page has no cursor.
  const cursor: string = (await list.pages().next()).value?.cursor;
  const type: string | undefined = run.Properties.TaskType;
  return [started, first, cursor, type];
}

/** What remains after the other cases of a `switch`. */
export function narrow({ Properties }: MLTaskRun): string | undefined {
  switch (Properties.TaskType) {
    case "IMPORT_LABELS":
      return Properties.ImportLabelsTaskRunProperties.InputS3Path;
    case undefined:
      return Properties.$unknown?.TaskType;
    default:
      // @ts-expect-error The run is not narrowed to one type.
      Properties.ImportLabelsTaskRunProperties.Replace;
      return Properties.TaskType;
  }
}

/** A native async generator is an iterator of pages and of a watch. */
export const watch: DisposableIterator<MLTaskRun> = (async function* () {
  yield* await list.toArray();
})();
export const double: Pick<MLTaskRuns, "watch" | "get"> = {
  watch: () => ({
    [Symbol.asyncIterator]: () => Object.assign(watch, { cursor: "" }),
    async *polls() {
      yield { runs: await list.toArray(), cursor: "", failures: [] };
    },
    poll: async () => ({ runs: await list.toArray(), cursor: "", failures: [] }),
  }),
  get: async () => taskRuns.get({ TransformId: "tfm-0123", TaskRunId: "tsk-0123" }),
};
export const pages: Pick<MLTaskRunList, "pages"> = {
  async *pages() {
    yield { runs: await list.toArray() };
  },
};
