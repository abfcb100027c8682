/** The constraints that the service documents, as data: for the library's checks and for the local endpoint's. */

/** The length of a string, in code points as the service counts, and its pattern. */
export interface TextConstraint {
  readonly min: number;
  readonly max: number;
  readonly pattern: RegExp;
}

// Documented as [\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*, which means code points.
const SINGLE_LINE = /^[\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}\t]*$/u;

/** `MaxResults`. */
export const PAGE_SIZE = { min: 1, max: 1000 };

/** The id of a transform or a run, and the name of a transform. */
export const ID: TextConstraint = { min: 1, max: 255, pattern: SINGLE_LINE };

/** `GlueVersion`, such as "1.0". */
export const GLUE_VERSION: TextConstraint = { min: 1, max: 255, pattern: /^(\w+\.)+\w+$/ };

/** The maximum number of columns in a schema. */
export const MAX_COLUMNS = 100;

/** The name of a schema column. */
export const COLUMN_NAME: TextConstraint = { min: 1, max: 1024, pattern: SINGLE_LINE };

/** The data type of a schema column. */
export const COLUMN_DATA_TYPE: TextConstraint = { min: 0, max: 131_072, pattern: SINGLE_LINE };
