/** What a linter reports for the CloudFormation template of the event bridge. */
import { fileURLToPath } from "node:url";
import { RegoEngine, TemplateFile } from "@aws/cloudformation-validate";
import { expect, it, onTestFinished } from "vitest";

const templateFile = fileURLToPath(new URL("../../examples/event-bridge/template.yaml", import.meta.url));

it("A linter finds nothing in the template but that its code is packaged first", () => {
  const engine = new RegoEngine();
  onTestFinished(() => engine.free());
  const { diagnostics } = engine.validateStandard(new TemplateFile(templateFile), { severityLevel: "WARN" });
  expect(diagnostics.map(({ ruleId, message }) => `${ruleId} ${message}`)).toEqual([
    "W3002 This code may only work with 'package' cli command",
  ]);
  // The linter compiles its rules first.
}, 120_000);
