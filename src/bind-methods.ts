/**
 * Binds methods to their object, so that they work when they are taken off it (`const { list } = taskRuns`) and when they
 * are called on a Proxy of it, as reactive frameworks and test spies do.
 */
export function bindMethods<K extends PropertyKey>(
  // A method of any parameters and any result.
  object: { [key in K]: (...parameters: never[]) => unknown },
  names: readonly K[],
): void {
  for (const name of names) {
    Object.defineProperty(object, name, { value: object[name].bind(object), writable: true, configurable: true });
  }
}
