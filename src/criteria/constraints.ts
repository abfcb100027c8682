/** The constraints that the service documents, as data: for the library's checks and for the local endpoint's. */

/** The length of a string, in code points as the service counts, and its pattern. */
export interface TextConstraint {
  readonly min: number;
  readonly max: number;
  readonly pattern: RegExp;
  /** The pattern as the service writes it; by default, the source of `pattern`. */
  readonly documented?: string;
}

/** The documentation writes the code points above U+FFFF as surrogates. */
const SINGLE_LINE = {
  pattern: /^[\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}\t]*$/u,
  documented: String.raw`[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*`,
};

/** `MaxResults`. */
export const PAGE_SIZE = { min: 1, max: 1000 };

/** The id of a transform or a run, and the name of a transform. */
export const ID: TextConstraint = { min: 1, max: 255, ...SINGLE_LINE };

/** `GlueVersion`, such as "1.0". */
export const GLUE_VERSION: TextConstraint = { min: 1, max: 255, pattern: /^(\w+\.)+\w+$/ };

/** The maximum number of columns in a schema. */
export const MAX_COLUMNS = 100;

/** The name of a schema column. */
export const COLUMN_NAME: TextConstraint = { min: 1, max: 1024, ...SINGLE_LINE };

/** The data type of a schema column. */
export const COLUMN_DATA_TYPE: TextConstraint = { min: 0, max: 131_072, ...SINGLE_LINE };
