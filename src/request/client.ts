/** `GlueClientLike`: the part of a client that the library uses. */

/**
 * A `GlueClient`, or any other object with its `send`: a client of another version of the SDK, a mock, a wrapper. The
 * library calls nothing else.
 *
 * @example
 * ```ts
 * const taskRuns = new MLTaskRuns({ send: async () => ({ TaskRuns: [] }) });
 * ```
 */
export interface GlueClientLike {
  /** Sends a command of the SDK. The library checks the response. */
  send(command: { readonly input: object }, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}
