/** Runs the probe against a local endpoint, and lets the endpoint behave in ways that its options do not have. */
import type { GetMLTaskRunsCommandInput, GlueClient, TaskRun } from "@aws-sdk/client-glue";
import type { LocalGlue } from "glue-ml-task-runs/local";
import { type ProbeOptions, probe } from "../../examples/probe/report.js";
import { TransformId } from "../support.js";

/** Runs the probe. Returns its outcome, and the answers of the report by their questions. */
export async function runProbe(
  glue: LocalGlue,
  { configure, ...options }: ProbeOptions & { configure?: (client: GlueClient) => void } = {},
) {
  const client = glue.client();
  configure?.(client);
  const probed = await probe(client, TransformId, options);
  return { ...probed, ...readReport(probed.report) };
}

/** Reads the lines of the tables of a report: the answers by question, and the lines on members by status. */
export function readReport(report: string) {
  const lines = [...report.matchAll(/^\| (.*) \|$/gm)]
    .map(([, line = ""]) => line.split(" | "))
    .filter(([first]) => first !== "---");
  const answers = Object.fromEntries(lines.filter(({ length }) => length === 2));
  const [names = [], ...counts] = lines.filter(({ length }) => length > 2);
  const members = Object.fromEntries(
    counts.map((line) => [line[0], Object.fromEntries(names.map((name, index) => [name, line[index]]))]),
  );
  return { answers, members, result: /^\*\*(.*)\*\*$/m.exec(report)?.[1] };
}

type Query = Pick<GetMLTaskRunsCommandInput, "Filter" | "MaxResults" | "NextToken" | "Sort">;

/** Changes the requests for task runs before they are sent. */
export function changeQueries(client: GlueClient, change: (query: Query) => Query): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName !== "GetMLTaskRunsCommand") return next(args);
        const query: object = args.input;
        return next({ ...args, input: { ...query, ...change(query) } });
      },
    { step: "initialize" },
  );
}

/** Changes the runs that the service returns. */
export function changeRuns(client: GlueClient, change: (runs: TaskRun[], query: Query) => TaskRun[]): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const query: object = { ...args.input };
      const result = await next(args);
      const { output } = result;
      if ("TaskRuns" in output) output.TaskRuns = change(output.TaskRuns ?? [], query);
      return result;
    },
    { step: "initialize" },
  );
}

/** Does not permit an operation, in the words of AWS. */
export function deny(client: GlueClient, operation: string): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        if (commandName !== `${operation}Command`) return next(args);
        const message = `User: arn:aws:iam::123456789012:user/reader is not authorized to perform: glue:${operation}`;
        throw Object.assign(new Error(message), { name: "AccessDeniedException" });
      },
    { step: "initialize" },
  );
}
