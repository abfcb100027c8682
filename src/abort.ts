/** Abort signals of every kind that the SDK accepts: the platform's, polyfills, and those with `onabort` only. */

/**
 * An abort signal: the platform's `AbortSignal`, or any other that the SDK's own `send` accepts, such as the one of
 * `@smithy/abort-controller`.
 */
export interface AbortSignalLike {
  /** Whether it was aborted. */
  readonly aborted: boolean;
  /** Why it was aborted. Without a reason, the listing rejects with an `AbortError`. */
  readonly reason?: unknown;
  /** Called when it is aborted. Used for signals without `addEventListener`. */
  onabort?: unknown;
  /** Adds a listener for "abort". */
  addEventListener?(type: "abort", listener: () => void): void;
  /** Removes a listener for "abort". */
  removeEventListener?(type: "abort", listener: () => void): void;
}

/** The reason of an aborted signal; an `AbortError` where the signal has none. */
function abortReason(signal: AbortSignalLike): unknown {
  return signal.reason === undefined ? new DOMException("This operation was aborted", "AbortError") : signal.reason;
}

/** Throws the reason of the first signal that is aborted. */
export function throwIfAborted(signals: readonly AbortSignalLike[]): void {
  for (const signal of signals) if (signal.aborted) throw abortReason(signal);
}

/**
 * Starts work, and rejects with a signal's reason as soon as a signal aborts, even if the work ignores its own signal,
 * as the SDK does while it loads credentials. Listens to the signals only until the work ends.
 */
export async function abortable<R>(
  signals: readonly AbortSignalLike[],
  work: (signal: AbortSignal) => Promise<R>,
): Promise<R> {
  throwIfAborted(signals);
  const { signal, aborted, unlink } = linkSignals(signals);
  try {
    return await Promise.race([work(signal), aborted]);
  } finally {
    unlink();
  }
}

/**
 * Creates a signal that aborts with the reason of the first of several signals. The promise `aborted` then rejects with
 * the reason. `unlink` removes the listeners.
 */
export function linkSignals(signals: readonly AbortSignalLike[]): {
  readonly signal: AbortSignal;
  readonly aborted: Promise<never>;
  unlink(): void;
} {
  const controller = new AbortController();
  const { signal } = controller;
  const aborted = new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  // Handled here, too, for callers that only use the signal.
  aborted.catch(() => {});
  const unsubscribes = signals.map((each) => onAbort(each, () => controller.abort(abortReason(each))));
  return {
    signal,
    aborted,
    unlink() {
      for (const unsubscribe of unsubscribes) unsubscribe();
    },
  };
}

/** Waits for a number of milliseconds. An abort clears the timer and rejects with the signal's reason. */
export async function delay(milliseconds: number, signals: readonly AbortSignalLike[]): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () =>
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
  await abortable(signals, wait).finally(() => clearTimeout(timer));
}

/** One listener for all callbacks of a signal: Node warns of a leak if a signal has more than ten listeners. */
interface SharedListener {
  readonly callbacks: Set<() => void>;
  detach(): void;
}

const sharedListeners = new WeakMap<AbortSignalLike, SharedListener>();

/** Calls a function when a signal aborts. Returns a function that removes the callback. */
export function onAbort(signal: AbortSignalLike, callback: () => void): () => void {
  const shared = sharedListeners.get(signal) ?? attachListener(signal);
  sharedListeners.set(signal, shared);
  shared.callbacks.add(callback);
  return () => {
    shared.callbacks.delete(callback);
    if (shared.callbacks.size > 0) return;
    sharedListeners.delete(signal);
    shared.detach();
  };
}

function attachListener(signal: AbortSignalLike): SharedListener {
  const callbacks = new Set<() => void>();
  // A function, not an object with `handleEvent`: some polyfills call every listener as a function.
  const listener = () => {
    for (const callback of callbacks) callback();
  };
  if (typeof signal.addEventListener === "function") {
    signal.addEventListener("abort", listener);
    return { callbacks, detach: () => signal.removeEventListener?.("abort", listener) };
  }
  const previous = signal.onabort;
  const handler = (...events: unknown[]) => {
    listener();
    if (typeof previous === "function") previous.apply(signal, events);
  };
  signal.onabort = handler;
  const detach = () => {
    if (signal.onabort === handler) signal.onabort = previous;
  };
  return { callbacks, detach };
}
