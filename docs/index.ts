/** Makes the documentation site: an API reference of both entries, and the guide. A warning is an error. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Application, type CommentDisplayPart, Converter, ReflectionKind } from "typedoc";
import { writeGuide } from "./guide.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const { start, pages } = await writeGuide(root, join(root, "docs/pages"));

const app = await Application.bootstrap({
  name: "glue-ml-task-runs",
  includeVersion: true,
  entryPoints: [join(root, "src/index.ts"), join(root, "src/local/index.ts")],
  tsconfig: join(root, "tsconfig.json"),
  // `npm run check` does that.
  skipErrorChecking: true,
  readme: start,
  projectDocuments: pages,
  out: join(root, "site"),
  favicon: join(root, "docs/favicon.svg"),
  customCss: join(root, "docs/site.css"),
  // The entries side by side, and not one in a folder of the other.
  navigation: { includeFolders: false },
  searchInComments: true,
  searchInDocuments: true,
  disableSources: true,
  excludeInternal: true,
  excludePrivate: true,
  excludeExternals: true,
  // What runs have of the SDK belongs here; what errors have of the language does not.
  externalPattern: ["**/node_modules/typescript/**", "**/node_modules/@types/**"],
  externalSymbolLinkMappings: {
    "@aws-sdk/client-glue": { "*": "https://docs.aws.amazon.com/AWSJavaScriptSDK/v3/latest/client/glue/" },
  },
  // A default is told in words as often as in code.
  jsDocCompatibility: { defaultTag: false },
  // Every validation that there is.
  validation: true,
  // The inputs of the SDK's own commands, which `LocalGlueRequest` tells by their operation.
  intentionallyNotExported: ["Inputs"],
  // Members of types written in place, which the comment of the type around them tells.
  intentionallyNotDocumented: [
    "glue-ml-task-runs.InstantLike.__type.epochMilliseconds",
    "glue-ml-task-runs.KnownTaskRunProperties.EVALUATION.__type.TaskType",
    "glue-ml-task-runs.KnownTaskRunProperties.EXPORT_LABELS.__type.ExportLabelsTaskRunProperties",
    "glue-ml-task-runs.KnownTaskRunProperties.EXPORT_LABELS.__type.TaskType",
    "glue-ml-task-runs.KnownTaskRunProperties.FIND_MATCHES.__type.FindMatchesTaskRunProperties",
    "glue-ml-task-runs.KnownTaskRunProperties.FIND_MATCHES.__type.TaskType",
    "glue-ml-task-runs.KnownTaskRunProperties.IMPORT_LABELS.__type.ImportLabelsTaskRunProperties",
    "glue-ml-task-runs.KnownTaskRunProperties.IMPORT_LABELS.__type.TaskType",
    "glue-ml-task-runs.KnownTaskRunProperties.LABELING_SET_GENERATION.__type.LabelingSetGenerationTaskRunProperties",
    "glue-ml-task-runs.KnownTaskRunProperties.LABELING_SET_GENERATION.__type.TaskType",
    "glue-ml-task-runs.TypedTaskRunQuery.__type.Filter",
    "glue-ml-task-runs.TypedTaskRunQuery.__type.Filter.__type.TaskRunType",
    "glue-ml-task-runs/local.LocalTaskRun.__type.TaskRunId",
    "glue-ml-task-runs/local.LocalTaskRun.__type.TransformId",
    "glue-ml-task-runs/local.LocalTransform.__type.TransformId",
  ],
});

// The names of exports in the guide lead to their pages.
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  const symbols = new Map(
    project.children?.flatMap(({ children = [] }) => children.map((symbol) => [symbol.name, symbol])),
  );
  const linked = (part: CommentDisplayPart, index: number, parts: CommentDisplayPart[]): CommentDisplayPart => {
    // The text of another link.
    if (parts[index - 1]?.text.endsWith("[")) return part;
    const [, text = "", name = ""] = /^`((\w+)(?:\(\))?)`$/.exec(part.text) ?? [];
    const target = part.kind === "code" ? symbols.get(name) : undefined;
    return target ? { kind: "inline-tag", tag: "@linkcode", text, target } : part;
  };
  const documents = project.getReflectionsByKind(ReflectionKind.Document).filter((each) => each.isDocument());
  for (const document of documents) document.content = document.content.map(linked);
  project.readme = project.readme?.map(linked) ?? [];
});

const project = await app.convert();
if (project === undefined) throw new Error("TypeDoc could not read the source.");
app.validate(project);
await app.generateOutputs(project);
// Whatever TypeDoc warns of.
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
