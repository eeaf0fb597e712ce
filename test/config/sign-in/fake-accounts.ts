/** Accounts in memory: signed in and out by the test. */
import { Emitter } from '../../../src/base/event.ts';
import type { Accounts } from '../../../src/config/sign-in/accounts.ts';

export interface FakeAccounts extends Accounts {
  signIn(provider: string, name: string, token: string): void;
  signOut(provider: string): void;
  /** What `renew` will give in place of a rejected token. */
  readonly renewed: Map<string, string>;
  /** From now on, tokens cannot be had. */
  fail(error: Error): void;
  listenerCount(): number;
}

export function createFakeAccounts(): FakeAccounts {
  const sessions = new Map<string, { readonly name: string; readonly token: string }>();
  const renewed = new Map<string, string>();
  const changed = new Emitter<string>();
  let failure: Error | undefined;
  return {
    token: async ({ provider }) => {
      if (failure !== undefined) {
        throw failure;
      }
      return sessions.get(provider)?.token;
    },
    renew: async (_signIn, rejected) => renewed.get(rejected),
    accountName: async ({ provider }) => sessions.get(provider)?.name,
    list: async () => [...sessions].map(([provider, { name }]) => ({ provider, label: provider, name })),
    onDidChange: changed.event,
    signIn: (provider, name, token) => {
      sessions.set(provider, { name, token });
      changed.fire(provider);
    },
    signOut: (provider) => {
      sessions.delete(provider);
      changed.fire(provider);
    },
    renewed,
    fail: (error) => {
      failure = error;
    },
    listenerCount: () => changed.listenerCount,
  };
}
