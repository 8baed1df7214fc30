import { useEffect, useState } from 'preact/hooks';

/** A value that several parts of the page go by. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  /** The value, in a component: drawn anew when it is another. */
  use(): T;
}

/** Makes one. */
export function createStore<T>(initial: T): Store<T> {
  let current = initial;
  const watchers = new Set<(value: T) => void>();
  return {
    get: () => current,
    set(value) {
      current = value;
      for (const tell of watchers) tell(value);
    },
    use() {
      const [value, setValue] = useState(current);
      useEffect(() => {
        watchers.add(setValue);
        // It may have changed since the component was drawn.
        setValue(current);
        return () => void watchers.delete(setValue);
      }, []);
      return value;
    },
  };
}
