/** A secret storage in memory that can be told to fail. */
import { Emitter } from '../../src/base/event.ts';
import type { Secrets } from '../../src/config/secrets.ts';

export interface FakeSecrets extends Secrets {
  readonly values: Map<string, string>;
  /** From now on, reading rejects with it; with `undefined`, no more. */
  fail(error: Error | undefined): void;
  listenerCount(): number;
}

export function createFakeSecrets(): FakeSecrets {
  const values = new Map<string, string>();
  const changed = new Emitter<string>();
  let failure: Error | undefined;
  return {
    values,
    get: (name) => (failure === undefined ? Promise.resolve(values.get(name)) : Promise.reject(failure)),
    store: async (name, value) => {
      values.set(name, value);
      changed.fire(name);
    },
    delete: async (name) => {
      values.delete(name);
      changed.fire(name);
    },
    names: () => (failure === undefined ? Promise.resolve([...values.keys()]) : Promise.reject(failure)),
    onDidChange: changed.event,
    fail: (error) => {
      failure = error;
    },
    listenerCount: () => changed.listenerCount,
  };
}
