/** State of objects outside of them. Their types are then structural, and plain objects can be their test doubles. */

/** Creates a store for the state of objects. `get` throws for an object that has none. */
export function createHiddenState<O extends object, S>(): { set(object: O, state: S): void; get(object: O): S } {
  const states = new WeakMap<O, S>();
  return {
    set: (object, state) => void states.set(object, state),
    get(object) {
      const state = states.get(object);
      if (state === undefined) throw new TypeError("The method was called on an object of another type.");
      return state;
    },
  };
}
