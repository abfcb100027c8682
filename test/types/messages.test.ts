/** What the compiler reports for wrong calls, and what editors show. */
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const path = `${root}test/types/program.ts`;
/** The imports of each program. */
const prefix = `import type { GlueClient } from "@aws-sdk/client-glue";
import { type MLTaskRun, MLTaskRuns, taskRunFilter } from "glue-ml-task-runs";
declare const client: GlueClient;
declare const run: MLTaskRun<"EVALUATION">;
const evaluations = taskRunFilter().taskRunType("EVALUATION");
const TaskRunId = "tsk-0123";
const taskRuns = new MLTaskRuns(client);
const TransformId = "tfm-0123";
`;
let code = "";
let version = 0;
let service: ts.LanguageService;

beforeAll(() => {
  const { config } = ts.readConfigFile(`${root}tsconfig.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  service = ts.createLanguageService({
    getCompilationSettings: () => ({ ...options, noUnusedLocals: false }),
    getCurrentDirectory: () => root,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getScriptFileNames: () => [path],
    getScriptVersion: (file) => (file === path ? String(version) : "1"),
    getScriptSnapshot(file) {
      const text = file === path ? code : ts.sys.readFile(file);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
  });
});

afterAll(() => service.dispose());

/** Opens a program. Returns the position of the mark `|` in it. */
function open(statement: string): number {
  const position = (prefix + statement).indexOf("|");
  code = prefix + statement.replace("|", "");
  version += 1;
  return position;
}

/** The errors of a program: the text that each is reported at, and its message. */
function findErrors(statement: string): { at: string; message: string }[] {
  open(statement);
  return service.getSemanticDiagnostics(path).map(({ start = 0, length = 0, messageText }) => ({
    at: code.slice(start, start + length),
    message: ts.flattenDiagnosticMessageText(messageText, "\n"),
  }));
}

describe("The error for", () => {
  it.each([
    ["taskRuns.list({ TransformId }, { pagesize: 1 });", "pagesize", "Did you mean to write 'pageSize'?"],
    ['taskRuns.list({ TransformId, Filter: { TaskRunType: "EVALUATION" } }, { limt: 1 });', "limt", "'limit'?"],
    ["taskRuns.list({ transformId: TransformId });", "transformId", "Did you mean to write 'TransformId'?"],
    ['taskRuns.list({ TransformId, Filter: { status: "FAILED" } });', "status", "'Status'?"],
    ["taskRuns.listAny([{ TransformId }], { pagesize: 1 });", "pagesize", "'pageSize'?"],
    ['taskRuns.listAny([{ TransformId, Filter: { TaskRunType: "MATCHES" } }]);', "TaskRunType", "'\"MATCHES\"'"],
    ["taskRuns.listAcrossTransforms({}, { pagesize: 1 });", "pagesize", "'pageSize'?"],
    ['taskRuns.listAcrossTransforms({ Filter: { Status: "failed" } });', "Filter", "'\"FAILED\"'?"],
    ["taskRuns.watch({ TransformId }, { intervall: 1 });", "intervall", "'interval'?"],
    ["taskRuns.watchAcrossTransforms({}, { intervall: 1 });", "intervall", "'interval'?"],
    ["taskRuns.listAny(new Set([{ TransformId }]), { limt: 1 });", "limt", "'limit'?"],
    ['taskRuns.listAcrossTransforms({ Filter: [{ Status: "FAILD" }] });', "Status", "'\"FAILED\"'?"],
    ["taskRuns.listAcrossTransforms(undefined, { limt: 1 });", "limt", "'limit'?"],
    ["taskRuns.list({ TransformId, Filter: evaluations }, { limt: 1 });", "limt", "'limit'?"],
    ["taskRuns.watch({ TransformId, Filter: evaluations }, { intervall: 1 });", "intervall", "'interval'?"],
    ["taskRuns.get({ TransformId, TaskRunId }, { abortsignal: undefined });", "abortsignal", "'abortSignal'?"],
    ["taskRuns.get(run, { abortsignal: undefined });", "abortsignal", "'abortSignal'?"],
    ["taskRuns.get({ TransformId, taskRunId: TaskRunId });", "taskRunId", "'TaskRunId'?"],
    ["taskRuns.waitUntilFinished(run, { maxWaitTime: 1, maxdelay: 1 });", "maxdelay", "'maxDelay'?"],
    ["taskRuns.waitUntilFinished({ TransformId, TaskRunId }, { maxWaittime: 1 });", "maxWaittime", "'maxWaitTime'?"],
    ["new MLTaskRuns(client, { pagesize: 1 });", "pagesize", "'pageSize'?"],
  ])("%s is at the mistake", (statement, at, message) => {
    const errors = findErrors(statement);
    expect(errors).toEqual([{ at, message: expect.stringContaining(message) }]);
    expect(errors[0]?.message).not.toMatch(/missing|Symbol\.iterator/);
  });
});

describe("An editor", () => {
  it("shows a documentation for every overload of every method", () => {
    const lists = ["list", "listAny", "listAcrossTransforms", "watch", "watchAcrossTransforms"];
    for (const method of [...lists, "get", "waitUntilFinished"]) {
      const help = service.getSignatureHelpItems(path, open(`taskRuns.${method}(|);`), undefined);
      expect(help?.items.length).toBeGreaterThan(1);
      const undocumented = help?.items.filter(({ documentation }) => documentation.length === 0);
      expect(undocumented, method).toEqual([]);
    }
  });

  it("completes the ids of a run and the options of get", () => {
    const complete = (statement: string) =>
      service.getCompletionsAtPosition(path, open(statement), undefined)?.entries.map(({ name }) => name);
    expect(complete("taskRuns.get({ | });")).toEqual(expect.arrayContaining(["TaskRunId", "TransformId"]));
    expect(complete("taskRuns.get(run, { | });")).toEqual(["abortSignal"]);
  });

  it.each(["list", "listAcrossTransforms", "watch"])("completes the query of %s with an optional Filter", (method) => {
    const completions = service.getCompletionsAtPosition(path, open(`taskRuns.${method}({ | });`), undefined);
    const filter = completions?.entries.find(({ name }) => name === "Filter");
    expect(filter?.kindModifiers).toContain("optional");
  });

  it("shows the task type of a list, and no other type parameter", () => {
    const statement = 'const l|ist = taskRuns.list({ TransformId, Filter: { TaskRunType: "FIND_MATCHES" } });';
    const info = service.getQuickInfoAtPosition(path, open(statement));
    expect(ts.displayPartsToString(info?.displayParts)).toBe('const list: MLTaskRunList<"FIND_MATCHES">');
    const every = service.getQuickInfoAtPosition(path, open("const l|ist = taskRuns.list({ TransformId });"));
    expect(ts.displayPartsToString(every?.displayParts)).toBe("const list: MLTaskRunList<AnyTaskType>");
  });
});
