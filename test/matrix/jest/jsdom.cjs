/** Jest's jsdom environment with what the SDK and the local endpoint need: Node's exports, and globals that jsdom lacks. */
const { TestEnvironment } = require("jest-environment-jsdom");

module.exports = class extends TestEnvironment {
  constructor(...options) {
    super(...options);
    // The SDK uses the text coders; the local endpoint and the tests use structuredClone.
    Object.assign(this.global, { structuredClone, TextDecoder, TextEncoder });
  }

  // The default is the export for browsers. That of the SDK does not load here: it is an ES module, also for `require`.
  // In a configuration: `testEnvironmentOptions: { customExportConditions: ["node", "node-addons"] }`.
  exportConditions() {
    return ["node", "node-addons"];
  }
};
