/** The packages that the matrix installs. Their versions are pinned, except that of the newest SDK. */

/** Packages by name, each with its version. */
export type Packages = Readonly<Record<string, string>>;

/** An SDK, and the versions of its dependencies that npm installs instead of the newest. */
export interface Sdk {
  readonly version: string;
  readonly overrides?: Packages;
}

/** The newest SDK. Its version is not pinned, so that the matrix tests each release. */
export const newestSdk: Sdk = { version: "latest" };

/**
 * The oldest SDK that `peerDependencies` allows, with the lowest versions of its dependencies that decide about
 * retries. From this version on the SDK retries an error that is marked as retryable, with any versions of its
 * dependencies.
 */
export const oldestSdk: Sdk = {
  version: "3.895.0",
  overrides: {
    "@smithy/middleware-retry": "4.2.4",
    "@smithy/service-error-classification": "4.1.2",
    "@smithy/util-retry": "4.1.2",
  },
};

/** An SDK that is too old, with the lowest versions of its dependencies: it does not retry marked errors. */
export const tooOldSdk: Sdk = {
  version: "3.852.0",
  overrides: {
    "@smithy/middleware-retry": "4.1.16",
    "@smithy/service-error-classification": "4.0.6",
    "@smithy/util-retry": "4.0.6",
  },
};

/** The version of `@types/node`, which the declarations of the SDK need. */
export const nodeTypes = "20.19.43";

/** A command of a project of tools: a path in its `node_modules` and options. */
type Command = readonly [string, ...string[]];

/** The npm package of Node for this system: Linux or macOS. */
const node = (version: string) => `npm:node-${process.platform}-${process.arch}@${version}`;

/** What the documentation says that Deno has to permit, and reading, for the files of the command. */
const denoPermissions = ["--allow-net", "--allow-env", "--allow-sys", "--allow-read"] as const;

/** The runtimes: their packages, and the command that runs a program. */
export const runtimes = {
  "Node 20": { packages: { node20: node("20.20.2") }, command: ["node20/bin/node"] },
  "Node 22": { packages: { node22: node("22.23.3") }, command: ["node22/bin/node"] },
  "Node 24": { packages: { node24: node("24.21.0") }, command: ["node24/bin/node"] },
  "Node 26": { packages: { node26: node("26.10.0") }, command: ["node26/bin/node"] },
  Deno: { packages: { deno: "2.9.6" }, command: [".bin/deno", "run", ...denoPermissions, "--no-lock"] },
  Bun: { packages: { bun: "1.4.5" }, command: [".bin/bun"] },
} as const satisfies Record<string, { packages: Packages; command: Command }>;

/** The install scripts of Deno and of Bun, which npm does not run. */
export const runtimeScripts = ["deno/install.cjs", "bun/install.js"];

/**
 * The TypeScript compilers, and the options of a project that compiles to CommonJS without `nodenext`. Such a project
 * uses `node10`, which 6.0 deprecates. 7.0 does not have it and has `bundler` instead.
 */
const node10 = ["--module", "commonjs", "--moduleResolution", "node10"];
export const compilers = {
  "5.4": { version: "5.4.5", commonjs: node10 },
  "5.9": { version: "5.9.3", commonjs: node10 },
  "6.0": { version: "6.0.3", commonjs: [...node10, "--ignoreDeprecations", "6.0"] },
  "7.0": { version: "7.0.2", commonjs: ["--module", "commonjs", "--moduleResolution", "bundler"] },
};

/** Jest, its environment with a DOM, and the usual mock of the SDK's clients. */
export const jestPackages: Packages = {
  jest: "30.5.2",
  "jest-environment-jsdom": "30.5.2",
  "aws-sdk-client-mock": "4.1.0",
};

/** Jest's environments, by their module. */
export const jestEnvironments = { node: "node", jsdom: "./jsdom.cjs" };

/** The options of Jest for each kind of module. Jest transforms none of them. */
export const jestFormats = {
  CommonJS: { nodeOptions: [], testMatch: ["**/*.test.cjs"] },
  ESM: { nodeOptions: ["--experimental-vm-modules"], testMatch: ["**/*.test.mjs"] },
};

/** The bundlers and their plugins. */
export const bundlerPackages: Packages = {
  esbuild: "0.28.2",
  rollup: "4.60.4",
  "@rollup/plugin-commonjs": "29.0.3",
  "@rollup/plugin-json": "6.1.0",
  "@rollup/plugin-node-resolve": "16.0.3",
  vite: "8.3.8",
  webpack: "5.112.2",
  "webpack-cli": "6.0.1",
};

const esbuild: Command = [".bin/esbuild", "--bundle", "--minify", "--platform=node"];
const rollup: Command = [".bin/rollup", "scenario.mjs", "--inlineDynamicImports", "-p", "node-resolve,commonjs,json"];

/** The bundles: the command that writes a bundle into a folder, and the name of the bundle. */
export const bundles: { name: string; command: (out: string) => Command; bundle: string }[] = [
  {
    name: "esbuild, ESM",
    // Without `--main-fields` esbuild bundles the CommonJS of the SDK, whose `require` calls fail in ESM.
    command: (out: string) => [
      ...esbuild,
      "scenario.mjs",
      "--format=esm",
      "--main-fields=module,main",
      `--outfile=${out}/bundle.mjs`,
    ],
    bundle: "bundle.mjs",
  },
  {
    name: "esbuild, CommonJS",
    command: (out: string) => [...esbuild, "scenario.cjs", "--format=cjs", `--outfile=${out}/bundle.cjs`],
    bundle: "bundle.cjs",
  },
  {
    name: "Rollup, ESM",
    command: (out: string) => [...rollup, "--format", "es", "--file", `${out}/bundle.mjs`],
    bundle: "bundle.mjs",
  },
  {
    name: "Rollup, CommonJS",
    command: (out: string) => [...rollup, "--format", "cjs", "--file", `${out}/bundle.cjs`],
    bundle: "bundle.cjs",
  },
  {
    name: "Vite, for the server",
    command: (out: string) => [".bin/vite", "build", "--ssr", "scenario.mjs", "--outDir", out],
    bundle: "scenario.mjs",
  },
  {
    name: "webpack, for Node",
    command: (out: string) => [
      ".bin/webpack",
      ...["--mode", "production", "--target", "node", "--entry", "./scenario.mjs"],
      ...["--output-path", out, "--output-filename", "bundle.cjs"],
    ],
    bundle: "bundle.cjs",
  },
];

/** The configuration of Vite: dependencies are part of the bundle. The command line has no option for it. */
export const viteConfig = "export default { ssr: { noExternal: true } };";
