/**
 * An HTTP service that returns the failed runs of all transforms in pages, with the cursor as the page token.
 * Several statuses are one listing, with one cursor.
 *
 *     npm run example http-service
 *     npm run example http-service -- --port 8080 --region eu-west-1
 *
 *     curl 'http://127.0.0.1:8080/runs?pageSize=10'
 *     curl 'http://127.0.0.1:8080/runs?pageSize=10&cursor=...'
 *     curl 'http://127.0.0.1:8080/runs?status=FAILED&status=TIMEOUT&pageSize=10'
 */
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { parseArgs } from "node:util";
import { GlueClient } from "@aws-sdk/client-glue";
import { InvalidQueryError, isTaskStatus, type MLTaskRun, MLTaskRuns, taskRunFilter } from "glue-ml-task-runs";

/** Handles `GET /runs`: responds with a page of runs and the cursor of the next page. */
export function handleRuns(taskRuns: MLTaskRuns): RequestListener {
  return async (request, response) => {
    const respond = (status: number, body: unknown) =>
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
    // Abort the requests to AWS when the client disconnects.
    const disconnect = new AbortController();
    response.on("close", () => disconnect.abort());
    try {
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
      if (pathname !== "/runs") return void respond(404, { error: "The only path is /runs." });
      const pageSize = Number(searchParams.get("pageSize") ?? 100);
      if (!(pageSize >= 1 && pageSize <= 1000)) return void respond(400, { error: "pageSize must be from 1 to 1000." });
      const given = searchParams.has("status") ? searchParams.getAll("status") : ["FAILED"];
      const statuses = given.filter(isTaskStatus);
      if (statuses.length < given.length) return void respond(400, { error: "status must be a status of a run." });
      const list = taskRuns.listAcrossTransforms(
        { Filter: statuses.map((status) => taskRunFilter().status(status)) },
        // A damaged cursor, or one of another query, is an InvalidQueryError.
        { limit: pageSize, cursor: searchParams.get("cursor") ?? undefined, abortSignal: disconnect.signal },
      );
      const iterator = list[Symbol.asyncIterator]();
      const runs: MLTaskRun[] = [];
      for await (const run of iterator) runs.push(run);
      respond(200, { runs, cursor: iterator.cursor });
    } catch (error) {
      if (disconnect.signal.aborted) return;
      if (error instanceof InvalidQueryError) respond(400, { error: error.message, field: error.field });
      else {
        console.error(error);
        respond(502, { error: "The runs could not be listed." });
      }
    }
  };
}

// Start the server only if this file is the program, and not if a test imports it.
if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { port: { type: "string", default: "8080" } } });
  const port = Number(values.port);
  if (!(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    console.error(`--port must be an integer from 0 to 65535, got ${values.port}.`);
    process.exit(2);
  }
  const server = createServer(handleRuns(new MLTaskRuns(new GlueClient())));
  server.listen({ port, host: "127.0.0.1" });
  await once(server, "listening");
  // The address is a string or null only for servers that do not listen on a TCP port.
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}/runs?pageSize=10`);
  // Ends when the requests in progress have ended.
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => server.close());
  await once(server, "close");
}
