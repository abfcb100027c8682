/**
 * Binds methods to their object, so that they also work when they are destructured (`const { list } = taskRuns`) or
 * called on a Proxy of the object, as reactive frameworks and test spies do.
 */
export function bindMethods<K extends PropertyKey>(
  // Methods with any parameters and any result.
  object: { [key in K]: (...parameters: never[]) => unknown },
  names: readonly K[],
): void {
  for (const name of names) {
    Object.defineProperty(object, name, { value: object[name].bind(object), writable: true, configurable: true });
  }
}
