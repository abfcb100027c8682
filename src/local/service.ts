/** The operations of the service: turns the body of a request into the JSON of the response. */
import { delay } from "../abort.js";
import { FaultPlan, type HttpFault, isHttpFault, type LocalGlueFault, throwServiceError } from "./faults.js";
import { History, type StartedRunProperties } from "./history.js";
import { isOperation, type Operation, type OperationInputs, readInput } from "./input.js";
import type { CheckedLocalGlueOptions } from "./options.js";
import { createRequestLog } from "./request-log.js";
import type { Entry } from "./select.js";
import { ServiceError } from "./service-error.js";
import { createTokenCodec } from "./token.js";

/**
 * A request for a supported operation whose input satisfies the documented constraints: the name of the `operation`,
 * such as `"GetMLTaskRuns"`, its `input`, and when it arrived.
 */
export type LocalGlueRequest = {
  [O in Operation]: {
    /** The name of the operation. */
    readonly operation: O;
    /** The input, as the SDK's command takes it. */
    readonly input: OperationInputs[O];
    /** When the request arrived. */
    readonly at: Date;
  };
}[Operation];

export class Service {
  readonly history: History;
  readonly faults = new FaultPlan();
  readonly log = createRequestLog<LocalGlueRequest>();
  readonly #tokens: ReturnType<typeof createTokenCodec>;
  readonly #options: CheckedLocalGlueOptions;
  readonly #closing = new AbortController();

  constructor(options: CheckedLocalGlueOptions) {
    this.history = new History(options);
    this.#tokens = createTokenCodec(options);
    this.#options = options;
  }

  /** Returns the JSON of the response, and the fault of its connection. Throws the errors of the service. */
  async handle(operation: string, body: object): Promise<{ json: Buffer; fault?: HttpFault | undefined }> {
    if (!isOperation(operation)) {
      throw new ServiceError("UnknownOperationException", `This endpoint has no operation ${operation}.`);
    }
    const { clock, largerPages, maxPageSize, latency } = this.#options;
    // The input belongs to the operation. The compiler cannot know that.
    const request = { operation, input: readInput(operation, body), at: new Date(clock()) } as LocalGlueRequest;
    // The log gets a copy, because callers may change it.
    this.log.add(structuredClone(request));
    const { input } = request;
    if (largerPages === "refuse" && "MaxResults" in input && Number(input.MaxResults) > maxPageSize) {
      // Other operations of Glue with a smaller maximum than the documented one say so.
      throw new ServiceError("InvalidInputException", `MaxResults size must be between 1 and ${maxPageSize}`);
    }
    const fault = this.faults.next(operation, "NextToken" in input && input.NextToken !== "");
    const milliseconds = await latency(request);
    if (milliseconds > 0) await delay(milliseconds, [this.#closing.signal]);
    throwServiceError(fault);
    return { json: this.#execute(request, fault), fault: isHttpFault(fault) ? fault : undefined };
  }

  /** Ends all delays. */
  close(): void {
    this.#closing.abort();
  }

  #execute(request: LocalGlueRequest, fault: LocalGlueFault | undefined): Buffer {
    if (request.operation === "GetMLTaskRuns" || request.operation === "GetMLTransforms")
      return this.#page(request, fault);
    const { operation, input } = request;
    switch (operation) {
      case "GetMLTaskRun":
        return this.history.taskRunJson(input.TransformId, input.TaskRunId);
      case "GetMLTransform":
        return this.history.transformJson(input.TransformId);
      case "StartMLEvaluationTaskRun":
        return this.#start(operation, input, { TaskType: "EVALUATION" });
      case "StartMLLabelingSetGenerationTaskRun":
        return this.#start(operation, input, {
          TaskType: "LABELING_SET_GENERATION",
          LabelingSetGenerationTaskRunProperties: { OutputS3Path: input.OutputS3Path },
        });
      case "StartImportLabelsTaskRun":
        return this.#start(operation, input, {
          TaskType: "IMPORT_LABELS",
          ImportLabelsTaskRunProperties: { InputS3Path: input.InputS3Path, Replace: input.ReplaceAllLabels ?? false },
        });
      case "StartExportLabelsTaskRun":
        return this.#start(operation, input, {
          TaskType: "EXPORT_LABELS",
          ExportLabelsTaskRunProperties: { OutputS3Path: input.OutputS3Path },
        });
      case "CancelMLTaskRun": {
        const { TransformId, TaskRunId } = input;
        return toJson({ TransformId, TaskRunId, Status: this.history.cancelTaskRun(TransformId, TaskRunId) });
      }
    }
  }

  #start(operation: Operation, { TransformId }: { readonly TransformId: string }, properties: StartedRunProperties) {
    return toJson({ TaskRunId: this.history.startTaskRun(operation, TransformId, properties) });
  }

  #page(
    request: Extract<LocalGlueRequest, { operation: "GetMLTaskRuns" | "GetMLTransforms" }>,
    fault: LocalGlueFault | undefined,
  ): Buffer {
    const { operation, input, at } = request;
    const { NextToken, MaxResults = this.#options.defaultPageSize, ...criteria } = input;
    const query = JSON.stringify([operation, criteria]);
    // An empty token is the documented default.
    const after = NextToken ? this.#tokens.decode(NextToken, query, at) : [];
    const pageSize = Math.min(MaxResults, this.#options.maxPageSize);
    const { page, end } =
      request.operation === "GetMLTaskRuns"
        ? this.history.taskRuns(request.input, after, pageSize)
        : this.history.transforms(request.input, after, pageSize);
    const listName = operation.replace("GetML", "");
    if (fault === "emptyPage") return pageJson(listName, [], this.#tokens.encode(after, query));
    const token = end && this.#tokens.encode(end, query);
    return pageJson(listName, page, fault === "repeatedToken" ? NextToken : token);
  }
}

function toJson(response: object): Buffer {
  return Buffer.from(JSON.stringify(response));
}

const COMMA = Buffer.from(",");

/** Joins the JSON of the entries, which was created when they were added. */
function pageJson(listName: string, page: readonly Entry[], token: string | undefined): Buffer {
  const entries = page.flatMap(({ json }, index) => (index === 0 ? [json] : [COMMA, json]));
  const end = token === undefined ? "]}" : `],"NextToken":${JSON.stringify(token)}}`;
  return Buffer.concat([Buffer.from(`{"${listName}":[`), ...entries, Buffer.from(end)]);
}
