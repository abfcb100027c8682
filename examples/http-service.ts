/**
 * An HTTP service that pages through the failures of all transforms, with `cursor` as the page token.
 *
 *     npm run example http-service
 *     npm run example http-service -- --port 8080 --transform-id any --region eu-west-1
 *
 *     curl 'http://127.0.0.1:8080/runs?pageSize=10'
 *     curl 'http://127.0.0.1:8080/runs?pageSize=10&cursor=...'
 *     curl 'http://127.0.0.1:8080/runs?status=TIMEOUT&pageSize=10'
 */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import type { TaskStatusType } from "@aws-sdk/client-glue";
import { InvalidQueryError, type MLTaskRun, MLTaskRuns, taskRunFilter } from "glue-ml-task-runs";
import { openSource, sourceOptions } from "./client.js";

/** Handles `GET /runs`: a page of runs, and the cursor to ask for the next one with. */
export function handleRuns(taskRuns: MLTaskRuns): RequestListener {
  return async (request, response) => {
    const reply = (status: number, body: unknown) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    // The requests to AWS end when the client hangs up.
    const hungUp = new AbortController();
    response.on("close", () => hungUp.abort());
    try {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
      if (pathname !== "/runs") return void reply(404, { error: "There is /runs, and nothing else." });
      const pageSize = Number(searchParams.get("pageSize") ?? 100);
      if (!(pageSize >= 1 && pageSize <= 1000)) return void reply(400, { error: "pageSize must be from 1 to 1000." });
      // The builder refuses a status that does not exist.
      const status = (searchParams.get("status") ?? "FAILED") as TaskStatusType;
      const list = taskRuns.listAcrossTransforms(
        { Filter: taskRunFilter().status(status) },
        // What a client sends is checked: a cursor that was altered, or of another query, is an InvalidQueryError.
        { limit: pageSize, cursor: searchParams.get("cursor") ?? undefined, abortSignal: hungUp.signal },
      );
      const iterator = list[Symbol.asyncIterator]();
      const runs: MLTaskRun[] = [];
      for await (const run of iterator) runs.push(run);
      reply(200, { runs, cursor: iterator.cursor });
    } catch (error) {
      if (hungUp.signal.aborted) return;
      if (error instanceof InvalidQueryError) reply(400, { error: error.message, field: error.field });
      else {
        console.error(error);
        reply(502, { error: "The runs could not be listed." });
      }
    }
  };
}

// Only when it is started itself, and not when a test imports it.
if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { ...sourceOptions, port: { type: "string", default: "8080" } } });
  const { client } = await openSource({ values, transforms: 3 });
  const server = createServer(handleRuns(new MLTaskRuns(client)));
  server.listen({ port: values.port, host: "127.0.0.1" }, () => {
    // It listens on a TCP port, so its address is neither a path nor null.
    const { port } = server.address() as AddressInfo;
    console.log(`http://127.0.0.1:${port}/runs?pageSize=10`);
  });
}
