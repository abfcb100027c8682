/** The probe as a command: exit codes, wrong usage, the token file. */
import { execFile } from "node:child_process";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { startGlue, TransformId } from "../support.js";
import { configureFor, createFolder, root, runExample } from "./support.js";

describe("npm run probe", () => {
  it("prints the report of a local endpoint, which is not AWS, and exits with 0", async () => {
    const { stdout } = await promisify(execFile)("npm", ["run", "--silent", "probe"], { cwd: root });
    expect(stdout).toMatch(/^## Probe of GetMLTaskRuns\n\n\*\*PASS: each listing has the same \d+ runs\*\*\n/);
    expect(stdout).toMatch(/glue-ml-task-runs \d+\.\d+\.\d+, @aws-sdk\/client-glue 3\.\d+\.\d+, Node\.js v\d+/);
    expect(stdout).toContain("Asked: an endpoint that is not AWS, with ");
  });
});

describe("The example probe", () => {
  it("prints the same report, when it is run again", async () => {
    const start = configureFor(await startGlue(120));
    const [first, second] = [await runExample("probe", start), await runExample("probe", start)];
    expect(first).toMatchObject({ code: 0 });
    expect(second.stdout).toBe(first.stdout);
    expect(first.stdout).not.toContain(TransformId);
  });

  it("exits with 1 for a history that cannot be compared", async () => {
    const { code, stdout } = await runExample("probe", configureFor(await startGlue()));
    expect(stdout).toContain("**NOT COMPARED: the transform has too few runs, or all started at one time**");
    expect(code).toBe(1);
  });

  it.for([
    { title: "an unknown option", args: ["--transform", "tfm-1"], says: /^Unknown option '--transform'.*\n$/ },
    { title: "an argument", args: ["tfm-1"], says: /^Unexpected argument 'tfm-1'.*\n$/ },
    {
      title: "AWS without a transform",
      args: ["--region", "eu-west-1"],
      says: /^AWS and --token-file need --transform-id\.\n$/,
    },
    {
      title: "a token file without a transform",
      args: ["--token-file", "x"],
      says: /^AWS and --token-file need --transform-id\.\n$/,
    },
  ])("exits with 2 and one line for $title", async ({ args, says }) => {
    const { code, stdout, stderr } = await runExample("probe", { args });
    expect(stderr).toMatch(says);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("exits with 3 and one line for a transform that does not exist", async () => {
    const glue = await startGlue();
    glue.removeTransform(TransformId);
    const { code, stdout, stderr } = await runExample("probe", configureFor(glue));
    expect(stderr).toBe(
      'The runs could not be listed: EntityNotFoundException: "Cannot find MLTransform in account [id] with handle [id]."\n',
    );
    expect({ code, stdout }).toEqual({ code: 3, stdout: "" });
  });
});

describe("The token file of the example probe", () => {
  const startWith = async (file: string) => {
    const glue = await startGlue(20);
    const { args, env } = configureFor(glue);
    return { glue, start: { args: [...args, "--transform-id", TransformId, "--token-file", file], env } };
  };

  it("is written for the owner by the first run, and a later run reports on its token and leaves it as it is", async () => {
    const file = join(await createFolder(), "token.json");
    const { start } = await startWith(file);
    const first = await runExample("probe", start);
    expect(first.code).toBe(0);
    expect(first.stderr).toContain("A token is saved. Run the same command again in a day");
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    const content = await readFile(file, "utf8");
    expect(content).not.toContain(TransformId);

    const { savedAt, ...others } = JSON.parse(content);
    await writeFile(file, JSON.stringify({ ...others, savedAt: savedAt - 24 * 60 * 60 * 1000 }));
    const later = await runExample("probe", start);
    expect(later.stdout).toContain("| A token that is 24 hours old | accepted: 1 run |\n");
    expect(first.stdout + later.stdout).not.toContain(others.token);
    expect(JSON.parse(await readFile(file, "utf8"))).toMatchObject(others);
  });

  it.for([
    ["not JSON", "is no token file"],
    ["{}", "is no token file"],
    ['{"transform":"other","token":"x","savedAt":1}', "has a token of another transform"],
  ])("with the content %s is wrong usage, and nothing is sent", async ([content = "", says]) => {
    const file = join(await createFolder(), "token.json");
    await writeFile(file, content);
    const { glue, start } = await startWith(file);
    const { code, stderr } = await runExample("probe", start);
    expect(stderr).toMatch(new RegExp(`^.*${says}\\.\n$`));
    expect(code).toBe(2);
    expect(glue.requests).toEqual([]);
  });

  it("that cannot be written is wrong usage, after the report", async () => {
    const { start } = await startWith(join(await createFolder(), "missing", "token.json"));
    const { code, stdout, stderr } = await runExample("probe", start);
    expect(stderr).toMatch(/token\.json cannot be written\.\n$/);
    expect(stdout).toContain("**PASS: ");
    expect(code).toBe(2);
  });
});

it("The issue form of the probe asks for the report, and for a confirmation that it was read", async () => {
  const { body } = parse(await readFile(join(root, ".github/ISSUE_TEMPLATE/probe.yml"), "utf8"));
  const report = body.find(({ id }: { id?: string }) => id === "report");
  expect(report).toMatchObject({ type: "textarea", validations: { required: true } });
  // Markdown that the form shows as it is, not as code.
  expect(report.attributes.render).toBeUndefined();
  expect(body.at(-1).attributes.options[0].required).toBe(true);
});
