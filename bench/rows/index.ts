/** The rows of the benchmark: realistic sizes first. */
import { costPerRun, firstRun, oneTransform, readAhead, resume, windows } from "./one-transform.js";
import { endpointPage, growth, memory, weight } from "./resources.js";
import type { Row } from "./row.js";
import { acrossTransforms, hundredTransforms, manyTransforms } from "./transforms.js";

export const rows: readonly Row[] = [
  oneTransform,
  hundredTransforms,
  costPerRun,
  firstRun,
  readAhead,
  windows,
  acrossTransforms,
  manyTransforms,
  resume,
  memory,
  growth,
  weight,
  endpointPage,
];
