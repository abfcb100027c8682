/** Decodes a page of runs in place of the SDK's deserializer, which is slower. */
import type { GetMLTaskRunsCommand } from "@aws-sdk/client-glue";
import type { DeserializeHandler } from "@smithy/types";
import { type MemberType, type MemberTypes, RUN_MEMBERS, TASK_TYPE_STRUCTURES } from "../task-types.js";
import { isObject } from "../values.js";

type Members = Readonly<Record<string, unknown>>;

/**
 * Makes a command decode its response here. The SDK's deserializer gets an empty structure instead, and the decoded
 * members are added to its output, so that the client's logger and middleware see them as usual. A response that
 * differs from the model of the SDK (an error, another protocol, an unknown member, a wrong type) is left to the SDK.
 *
 * @returns a function that returns the members of the last response, if they were decoded here
 */
export function decodePageOf(command: GetMLTaskRunsCommand): () => Members | undefined {
  let page: Members | undefined;
  let isAdded = false;

  /** Runs around the SDK's deserializer. */
  const addMembersToOutput =
    <I extends object, O extends object>(next: DeserializeHandler<I, O>): DeserializeHandler<I, O> =>
    async (args) => {
      const result = await next(args);
      if (result.output && !isAdded) {
        Object.assign(result.output, page);
        isAdded = true;
      }
      return result;
    };

  /** Runs within the SDK's deserializer. */
  const decodeResponse =
    <I extends object, O extends object>(next: DeserializeHandler<I, O>): DeserializeHandler<I, O> =>
    async (args) => {
      page = undefined;
      isAdded = false;
      const result = await next(args);
      const { response } = result;
      if (isPageResponse(response)) {
        const { text, chunks } = await readBody(response.body);
        page = decodePage(text);
        Object.assign(response, { body: page === undefined ? joinChunks(chunks) : EMPTY_STRUCTURE });
      }
      return result;
    };

  // An automock of the SDK has commands without a middleware stack, in spite of their type.
  const { middlewareStack } = command;
  middlewareStack?.add(decodeResponse, { step: "deserialize", priority: "low", name: "glueMLTaskRunsDecodeResponse" });
  // Added twice, because the SDK's deserializer has normal priority, in the client (newest SDK) or in the command. The
  // first acts if it runs around the deserializer. The second always does, and acts if the first one did not.
  middlewareStack?.add(addMembersToOutput, {
    step: "deserialize",
    priority: "normal",
    name: "glueMLTaskRunsAddMembers",
  });
  middlewareStack?.add(addMembersToOutput, {
    step: "deserialize",
    priority: "high",
    name: "glueMLTaskRunsAddMembersLast",
  });
  return () => page;
}

/** The bytes of "{}". */
const EMPTY_STRUCTURE = Uint8Array.of(0x7b, 0x7d);

/** Whether a response is a success in JSON, with a body that `for await` can read. */
function isPageResponse(response: unknown): response is { body: AsyncIterable<Uint8Array | string> } {
  return (
    isObject(response) &&
    response.statusCode === 200 &&
    isObject(response.headers) &&
    response.headers["content-type"] === "application/x-amz-json-1.1" &&
    isObject(response.body) &&
    Symbol.asyncIterator in response.body &&
    // jsdom has no TextDecoder.
    typeof TextDecoder === "function"
  );
}

/** Reads a body as UTF-8. Decoding chunk by chunk is faster than joining the chunks first. */
async function readBody(body: AsyncIterable<Uint8Array | string>) {
  // Keeps a byte order mark, which is not JSON.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const chunks: Uint8Array[] = [];
  let text = "";
  for await (const chunk of body) {
    const bytes = typeof chunk === "string" ? new TextEncoder().encode(chunk) : chunk;
    chunks.push(bytes);
    text += decoder.decode(bytes, { stream: true });
  }
  return { text: text + decoder.decode(), chunks };
}

function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** Decodes a response. Returns undefined if the SDK has to decode it. */
function decodePage(text: string): Members | undefined {
  try {
    return PAGE(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Decodes a JSON value. Throws if the SDK has to decode it. Changes lists and structures in place. */
type Decoder<R = unknown> = (value: unknown) => R;

const scalar =
  (type: "string" | "number" | "boolean"): Decoder =>
  (value) =>
    typeof value === type ? value : leaveToSdk();

/** The range of Date. */
const MAX_SECONDS = 8.64e12;

const DECODERS: Readonly<Record<MemberType, Decoder>> = {
  string: scalar("string"),
  number: scalar("number"),
  boolean: scalar("boolean"),
  timestamp: (value) =>
    typeof value === "number" && Math.abs(value) <= MAX_SECONDS ? new Date(Math.round(value * 1000)) : leaveToSdk(),
};

function structure(types: MemberTypes, structures: Readonly<Record<string, Decoder>> = {}): Decoder<Members> {
  const scalars = Object.entries(types).map(([name, type]): [string, Decoder] => [name, DECODERS[type]]);
  const decoders = new Map([...scalars, ...Object.entries(structures)]);
  return (members) => {
    if (!isObject(members)) return leaveToSdk();
    for (const name in members) {
      const decode = decoders.get(name) ?? leaveToSdk();
      const value = members[name];
      const decoded = value === null ? undefined : decode(value);
      if (decoded === undefined) delete members[name];
      else if (decoded !== value) members[name] = decoded;
    }
    return members;
  };
}

const list =
  (item: Decoder): Decoder =>
  (values) => {
    if (!Array.isArray(values)) return leaveToSdk();
    values.forEach(item);
    return values;
  };

function leaveToSdk(): never {
  throw new Error("The SDK has to decode this response.");
}

const typeStructures = Object.values(TASK_TYPE_STRUCTURES).filter((type) => type !== undefined);
const PROPERTIES = structure(
  { TaskType: "string" },
  Object.fromEntries(typeStructures.map(({ name, members }) => [name, structure(members)])),
);
const PAGE = structure({ NextToken: "string" }, { TaskRuns: list(structure(RUN_MEMBERS, { Properties: PROPERTIES })) });
