/** Jest's jsdom environment with the exports for Node and with the globals that the SDK and the local endpoint need. */
const { TestEnvironment } = require("jest-environment-jsdom");

module.exports = class extends TestEnvironment {
  constructor(...options) {
    super(...options);
    // The SDK uses the text coders; the local endpoint and the tests use structuredClone.
    Object.assign(this.global, { structuredClone, TextDecoder, TextEncoder });
  }

  // The default is the export for browsers. The SDK's is an ES module also for `require` and cannot be loaded here.
  // In a configuration: `testEnvironmentOptions: { customExportConditions: ["node", "node-addons"] }`.
  exportConditions() {
    return ["node", "node-addons"];
  }
};
