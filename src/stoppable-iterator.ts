/** An async iterator that aborts its requests as soon as the consumer stops. */
import { throwNotJson } from "./errors.js";

/** Abort reason used when the consumer stops early. Not an error, whose stack would keep objects in memory. */
const CONSUMER_STOPPED = Symbol("consumer stopped");

/** The prototype that native async iterators inherit from. Runtimes add helpers such as `map` and `filter` to it. */
function findAsyncIteratorPrototype(): object {
  let found: object = (async function* () {})();
  // It is the last one before that of objects. Where a compiler has replaced async generators, there is none between.
  for (let next = found; next !== null && next !== Object.prototype; next = Object.getPrototypeOf(next)) found = next;
  return found;
}

/**
 * Iterates over a generator. `return` and `throw` abort a pending `next` at once; those of a plain generator wait for
 * it. The end of the generator aborts, too, because prefetched requests may still be in flight.
 */
export class StoppableIterator<V> implements DisposableIterator<V> {
  declare readonly [Symbol.asyncDispose]: () => Promise<void>;
  // Private to the compiler only: `#` members do not work through a Proxy of the iterator.
  private readonly generator: AsyncGenerator<V, void>;
  private readonly stop: AbortController;

  constructor(generator: AsyncGenerator<V, void>, stop: AbortController) {
    this.generator = generator;
    this.stop = stop;
    // For `await using`, where the runtime has the symbol.
    if (Symbol.asyncDispose) {
      Object.defineProperty(this, Symbol.asyncDispose, { value: () => this.return().then(() => undefined) });
    }
  }

  async next(): Promise<IteratorResult<V, void>> {
    try {
      const result = await this.generator.next();
      if (result.done) this.stop.abort(CONSUMER_STOPPED);
      return result;
    } catch (error) {
      // Ignore errors after the consumer has stopped.
      if (this.stop.signal.aborted) return { done: true, value: undefined };
      this.stop.abort(CONSUMER_STOPPED);
      throw error;
    }
  }

  return(value?: void | PromiseLike<void>): Promise<IteratorResult<V, void>> {
    this.stop.abort(CONSUMER_STOPPED);
    return this.generator.return(value);
  }

  async throw(error: unknown): Promise<IteratorResult<V, void>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  toJSON(): never {
    return throwNotJson("An async iterator", "`for await`");
  }
}

// Not `extends`, because the constructor of this prototype is not global in every runtime.
Object.setPrototypeOf(StoppableIterator.prototype, findAsyncIteratorPrototype());

/** `[Symbol.asyncDispose]()`, if the compiler's version and `lib` declare it for native async generators. */
export type NativeAsyncDispose = Pick<AsyncGenerator, Extract<keyof AsyncGenerator, typeof Symbol.asyncDispose>>;

/**
 * What a finished iterator returns: undefined. It is `void`, so that a native async generator fits, but not without
 * `strictNullChecks`, where `void` does not vanish from a union as undefined does.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: It is the type argument of an iterator's return type.
export type IteratorEnd = undefined extends 0 ? undefined : void;

/**
 * An async iterator for `for await`, and for `await using` where the runtime and the compiler have it (TypeScript 5.6
 * or newer with the `lib` `ESNext.Disposable`). The end of either block stops it and aborts its requests. A native
 * async generator fits it, for test doubles.
 */
export interface DisposableIterator<out V> extends AsyncIterator<V, IteratorEnd, unknown>, NativeAsyncDispose {
  /** Returns itself, so that `for await` continues where the iterator stands. */
  [Symbol.asyncIterator](): DisposableIterator<V>;
}
