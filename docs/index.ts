/** Makes the documentation site from the pages in `docs` and the comments in `src`. A warning is an error. */
import { fileURLToPath } from "node:url";
import { Application, type CommentDisplayPart, Converter, ReflectionKind, TypeDocReader } from "typedoc";

const options = fileURLToPath(new URL("typedoc.jsonc", import.meta.url));
const app = await Application.bootstrap({ options }, [new TypeDocReader()]);

// A page has the name of its heading, and names of exports in its text link to their reference.
app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
  // The types of the SDK that the entries export again have their own documentation, which names link to.
  for (const each of project.children?.flatMap((entry) => entry.children ?? []) ?? []) {
    if (project.getSymbolIdFromReflection(each)?.packageName.startsWith("@aws-sdk/")) project.removeReflection(each);
  }
  const exports = new Map(project.children?.flatMap((entry) => entry.children ?? []).map((each) => [each.name, each]));
  const linkExport = (part: CommentDisplayPart, index: number, parts: CommentDisplayPart[]): CommentDisplayPart => {
    const name = part.kind === "code" ? /^`(\w+)(?:\(\))?`$/.exec(part.text)?.[1] : undefined;
    const target = name === undefined ? undefined : exports.get(name);
    const isInLink = parts[index - 1]?.text.endsWith("[");
    return target && !isInLink ? { kind: "inline-tag", tag: "@linkcode", text: part.text.slice(1, -1), target } : part;
  };
  for (const page of project.getReflectionsByKind(ReflectionKind.Document)) {
    if (!page.isDocument()) continue;
    page.name = /^# (.+)/.exec(page.content[0]?.text ?? "")?.[1] ?? page.name;
    page.content = page.content.map(linkExport);
  }
  project.readme = project.readme?.map(linkExport) ?? [];
});

const project = await app.convert();
if (project === undefined) throw new Error("TypeDoc could not read the source.");
app.validate(project);
await app.generateOutputs(project);
if (app.logger.hasErrors() || app.logger.hasWarnings()) process.exitCode = 1;
