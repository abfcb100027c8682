/**
 * Binds methods to their object, so that they work when they are taken off it (`const { list } = taskRuns`) and when they
 * are called on a Proxy of it, as reactive frameworks and test spies do.
 */
export function bindMethods(object: object, names: readonly PropertyKey[]): void {
  for (const name of names) {
    const method: unknown = Reflect.get(object, name);
    if (typeof method !== "function") continue;
    Object.defineProperty(object, name, { value: method.bind(object), writable: true, configurable: true });
  }
}
