/** A provider as data: everything else (settings, secret key, picker, tests) is derived from it. */
import type { Event } from '../base/event.ts';
import type { Credential } from './credential.ts';
import type { ModelRates } from './token-price.ts';
import type { WireModule } from './wire.ts';

/**
 * `optional-api-key`: works without one too, be it open or with what the machine has (a cloud's credential chain).
 * `optional-sign-in`: with the session of an account or, as the user's options say, with what the machine has.
 */
export type AuthKind = 'none' | 'api-key' | 'optional-api-key' | 'sign-in' | 'api-key-or-sign-in' | 'optional-sign-in';

/** An account that VS Code keeps the session of. */
export interface SignIn {
  /** Id of the authentication provider. */
  readonly provider: string;
  readonly scopes: readonly string[];
  /** The account in the user's words: `Google account`. */
  readonly label: string;
}

/** A setting that only this provider has. */
export interface ProviderOption {
  /** Camel case; the setting is `reaper.providers.<id>.<name>`. */
  readonly name: string;
  readonly description: string;
  readonly default: string;
  /** Nothing can be sent without it. */
  readonly required: boolean;
  /** Value → description; any text if left out. */
  readonly choices?: Readonly<Record<string, string>>;
}

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
  /** `false`: never asked beside others (race, speculation, merge), only alone, for each question costs its user. */
  readonly joinsRaces?: boolean;
}

export interface ProviderDefinition {
  /** Kebab-case or the name's own spelling (`llama.cpp`); used in settings and as the secret's key. */
  readonly id: string;
  readonly label: string;
  /** Other names that `reaper.toml` may call it by. */
  readonly aliases?: readonly string[];
  /** `local` runs on this machine by default; a profile's URL decides in the end. */
  readonly location: 'embedded' | 'local' | 'remote';
  readonly auth: AuthKind;
  /** For `sign-in`. */
  readonly signIn?: SignIn;
  readonly options?: readonly ProviderOption[];
  /** Environment variables that may hold the key; read by `config`, and only if the user turned that on. */
  readonly keyVariables: readonly string[];
  /** `undefined`: the user must give one, or `baseUrlFor` makes it. */
  readonly baseUrl: string | undefined;
  /** Where the address follows from the options (a region, a resource) if the user gives none; `undefined`: they do not say yet. */
  readonly baseUrlFor?: (options: Readonly<Record<string, string>>) => string | undefined;
  /** Not the user's to set, nor headers: nothing of ours is sent there, the editor is asked. */
  readonly isAddressFixed?: boolean;
  /** Looked for by itself at its base URL, without any setting. */
  readonly discover: boolean;
  readonly capabilities: ProviderCapabilities;
  /** Model for completions if the user names none; `undefined`: the first one the server lists that can do it. */
  readonly completionModel: string | undefined;
  /** Model for everything but completions if the user names none; `undefined`: the first one of `models` or of the server. */
  readonly chatModel?: string;
  readonly models: readonly string[];
  /** Id of this provider in the price catalogue; `free`: nobody is billed; left out: unknown. */
  readonly prices?: string;
  /** By model, for those that are newer than the catalogue: it counts as soon as it knows them. */
  readonly newerPrices?: Readonly<Record<string, ModelRates>>;
  /** What it offers has changed by itself: it is asked anew. */
  readonly onDidChange?: Event<void>;
  /** Its name in OpenTelemetry's GenAI conventions, where it is not the id. */
  readonly telemetryName?: string;
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
  readonly chatModel: string | undefined;
  /** Values of the definition's options, defaults filled in. */
  readonly options: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Overrides what a probe would find. */
  readonly fimFamily: string | undefined;
  readonly parallelRequests: number | undefined;
  /** Reads the secrets at the last moment; never kept. In the order in which they are to be used; empty: there is none. */
  readonly credentials: () => Promise<readonly Credential[]>;
  /** After the server rejected it: another one in its place (a refreshed token), or `undefined` if only the user can help. */
  readonly renewCredential?: (rejected: Credential) => Promise<Credential | undefined>;
}
