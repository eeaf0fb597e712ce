/** A provider as data: everything else (settings, secret key, picker, tests) is derived from it. */
import type { WireModule } from './wire.ts';

export type AuthKind = 'none' | 'api-key' | 'optional-api-key';

export interface ProviderCapabilities {
  readonly chat: boolean;
  /** `probe`: ask the server; the rest as in `FimMode`. */
  readonly fim: 'native' | 'probe' | 'hole-filler' | 'none';
  readonly tools: boolean;
  readonly images: boolean;
  readonly promptCache: boolean;
  /** Whether closing the connection ends the bill. */
  readonly stopsBillingOnDisconnect: boolean;
  /** Requests the server works on at once; a probe may correct it. One-slot servers get one request at a time. */
  readonly parallelRequests: number;
}

export interface ProviderDefinition {
  /** Kebab-case or the name's own spelling (`llama.cpp`); used in settings and as the secret's key. */
  readonly id: string;
  readonly label: string;
  /** `local` runs on this machine by default; a profile's URL decides in the end. */
  readonly location: 'embedded' | 'local' | 'remote';
  readonly auth: AuthKind;
  /** Environment variables that may hold the key; read by `config`, and only if the user turned that on. */
  readonly keyVariables: readonly string[];
  /** `undefined`: the user must give one. */
  readonly baseUrl: string | undefined;
  /** Looked for by itself at its base URL, without any setting. */
  readonly discover: boolean;
  readonly capabilities: ProviderCapabilities;
  /** Model for completions if the user names none; `undefined`: the first one the server lists that can do it. */
  readonly completionModel: string | undefined;
  readonly models: readonly string[];
  readonly wire: () => Promise<WireModule>;
}

/** Keeps the literal types and gives the definitions one visible form. */
export function defineProvider(definition: ProviderDefinition): ProviderDefinition {
  return definition;
}

/** What the user set for a provider: resolved by `config`, read by the router at each request. */
export interface ProviderProfile {
  readonly definition: ProviderDefinition;
  readonly enabled: boolean;
  readonly baseUrl: string | undefined;
  readonly completionModel: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Overrides what a probe would find. */
  readonly fimFamily: string | undefined;
  readonly parallelRequests: number | undefined;
  /** Reads the secret at the last moment; never kept. */
  readonly apiKey: () => Promise<string | undefined>;
}
