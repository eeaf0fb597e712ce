/** Where secrets rest, as a port: VS Code's SecretStorage in the product, a map in tests. */
import type { Event } from '../base/event.ts';

export interface Secrets {
  get(name: string): Promise<string | undefined>;
  store(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
  /** Of all secrets that are stored. */
  names(): Promise<readonly string[]>;
  /** The name of a secret that was stored or deleted, in this window or another. */
  readonly onDidChange: Event<string>;
}
