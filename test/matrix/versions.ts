/** What the matrix installs, each version pinned except that of the newest SDK: this is the place to change them. */

/** Packages by name, each with its version. */
export type Packages = Readonly<Record<string, string>>;

/** An SDK, and what npm is to install of its own dependencies in place of the newest that fit. */
export interface Sdk {
  readonly version: string;
  readonly overrides?: Packages;
}

/** The newest SDK: its version is not pinned, so that the matrix finds what a release changes. */
export const newestSdk: Sdk = { version: "latest" };

/**
 * The oldest SDK that `peerDependencies` admits, with the lowest versions that it may bring along of what decides about
 * retries. From here on the SDK retries an error that is marked as retryable, whatever its own dependencies come to.
 */
export const oldestSdk: Sdk = {
  version: "3.895.0",
  overrides: {
    "@smithy/middleware-retry": "4.2.4",
    "@smithy/service-error-classification": "4.1.2",
    "@smithy/util-retry": "4.1.2",
  },
};

/** An older SDK, with the lowest versions likewise: it throws an operation timeout at once, marked or not. */
export const tooOldSdk: Sdk = {
  version: "3.852.0",
  overrides: {
    "@smithy/middleware-retry": "4.1.16",
    "@smithy/service-error-classification": "4.0.6",
    "@smithy/util-retry": "4.0.6",
  },
};

/** Node's declarations, which those of the SDK need. */
export const nodeTypes = "20.19.43";

/** A command of a project of tools: a path in its `node_modules`, and options. */
type Command = readonly [string, ...string[]];

/** Node itself comes from npm by the name of the system: Linux or macOS. */
const node = (version: string) => `npm:node-${process.platform}-${process.arch}@${version}`;

/** The runtimes: what to install, and the command that a program is given to. */
export const runtimes: Record<string, { packages: Packages; command: Command }> = {
  "Node 20": { packages: { node20: node("20.20.2") }, command: ["node20/bin/node"] },
  "Node 22": { packages: { node22: node("22.23.3") }, command: ["node22/bin/node"] },
  "Node 24": { packages: { node24: node("24.21.0") }, command: ["node24/bin/node"] },
  "Node 26": { packages: { node26: node("26.10.0") }, command: ["node26/bin/node"] },
  Deno: { packages: { deno: "2.9.6" }, command: [".bin/deno", "run", "--allow-all", "--no-lock"] },
  Bun: { packages: { bun: "1.4.5" }, command: [".bin/bun"] },
};

/** What puts the binaries of Deno and of Bun in place, where npm does not run the scripts of packages. */
export const runtimeScripts = ["deno/install.cjs", "bun/install.js"];

/**
 * The TypeScript compilers, and the options of a project that compiles to CommonJS without `nodenext`. What such a
 * project has always used is `node10`, which 6.0 deprecates and 7.0 does not have; 7.0 offers `bundler` instead.
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

/** How Jest runs the tests of each kind of module, none of which it transforms. */
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

/** What to bundle: the command that does so into a folder, and the bundle that it puts there. */
export const bundles: { name: string; command: (out: string) => Command; bundle: string }[] = [
  {
    name: "esbuild, ESM",
    // Without `--main-fields` esbuild takes the SDK's CommonJS, whose `require` of Node's modules ESM does not have.
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

/** The configuration that Vite has no option for: the dependencies belong into the bundle. */
export const viteConfig = "export default { ssr: { noExternal: true } };";
