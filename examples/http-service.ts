/**
 * An HTTP service that pages through to its own clients, with `cursor` as the page token.
 *
 *     npm run example http-service
 *     npm run example http-service -- --port 8080 --transform-id tfm-... --region eu-west-1
 *
 *     curl 'http://127.0.0.1:8080/runs?status=FAILED&pageSize=10'
 *     curl 'http://127.0.0.1:8080/runs?status=FAILED&pageSize=10&cursor=...'
 */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import type { TaskStatusType } from "@aws-sdk/client-glue";
import { InvalidQueryError, MLTaskRuns, taskRunFilter, taskRunSort } from "glue-ml-task-runs";
import { openSource, sourceOptions } from "./client.js";

/** Handles `GET /runs`: a page of runs, and the cursor to ask for the next one with. */
export function handleRuns(taskRuns: MLTaskRuns, transformId: string): RequestListener {
  return async (request, response) => {
    const reply = (status: number, body: unknown) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    // Whoever hangs up needs no answer: the request to AWS ends with theirs.
    const hungUp = new AbortController();
    response.on("close", () => hungUp.abort());
    try {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
      if (pathname !== "/runs") return void reply(404, { error: "There is /runs, and nothing else." });
      const pageSize = Number(searchParams.get("pageSize") ?? 100);
      const status = searchParams.get("status");
      // The builder refuses what is no status.
      const Filter = status === null ? taskRunFilter() : taskRunFilter().status(status as TaskStatusType);
      const pages = taskRuns
        .list(
          { TransformId: transformId, Filter, Sort: taskRunSort("STARTED").descending() },
          // What a client sends is checked: a cursor that was altered, or of another query, is an InvalidQueryError.
          { pageSize, prefetch: 0, cursor: searchParams.get("cursor") ?? undefined, abortSignal: hungUp.signal },
        )
        .pages();
      const { value: page } = await pages.next();
      reply(200, { runs: page?.runs ?? [], cursor: page?.cursor });
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
  const { client, transformId } = await openSource({ values });
  const server = createServer(handleRuns(new MLTaskRuns(client), transformId));
  server.listen({ port: values.port, host: "127.0.0.1" }, () => {
    // It listens on a TCP port, so its address is neither a path nor null.
    const { port } = server.address() as AddressInfo;
    console.log(`http://127.0.0.1:${port}/runs?pageSize=10`);
  });
}
