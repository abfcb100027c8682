/**
 * Binds the methods of an object's classes to it, so that they also work when they are destructured
 * (`const { list } = taskRuns`) or called on a Proxy of the object, as reactive frameworks and test spies do.
 */
export function bindMethods(object: object): void {
  let prototype: object = Object.getPrototypeOf(object);
  for (; prototype !== Object.prototype; prototype = Object.getPrototypeOf(prototype)) {
    for (const name of Reflect.ownKeys(prototype)) {
      const method: unknown = Reflect.get(object, name);
      if (name !== "constructor" && typeof method === "function") {
        Object.defineProperty(object, name, { value: method.bind(object), writable: true, configurable: true });
      }
    }
  }
}
