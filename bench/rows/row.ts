/** What each row of the benchmark is. */
import type { Comparison } from "../figures.js";

/** A row. It starts the server that it needs, and ends it. */
export interface Row {
  readonly name: string;
  /** What is measured of the library. Each comparison names its baseline. */
  readonly subject: string;
  /** What sets the limits. */
  readonly limit?: string;
  measure(): Promise<readonly Comparison[]>;
}

export const LINEAR = "linear: N requests in flight are N times as fast";
