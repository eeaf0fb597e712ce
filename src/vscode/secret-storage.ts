/** VS Code's secret storage as the core's port. */
import type * as vscode from 'vscode';
import type { Secrets } from '../config/secrets.ts';

export function secretsOf(storage: vscode.SecretStorage): Secrets {
  return {
    get: async (name) => storage.get(name),
    store: async (name, value) => storage.store(name, value),
    delete: async (name) => storage.delete(name),
    names: async () => storage.keys(),
    onDidChange: (listener) => storage.onDidChange(({ key }) => listener(key)),
  };
}
