/** The port to the models that the editor lends out: the account, the consent and the connection are the editor's. */
import type { Event } from '../base/event.ts';
import type { ChatInput } from './model-request.ts';

/** `not-asked`: the editor will ask the user at the first request, so that must be one that the user made. */
export type LanguageModelAccess = 'allowed' | 'not-asked' | 'refused';

export interface LanguageModelFacts {
  readonly id: string;
  /** What several versions of a model have in common: users know it by this. */
  readonly family: string;
  readonly access: LanguageModelAccess;
}

export interface LanguageModelRequest {
  readonly model: string;
  readonly input: ChatInput;
  /** Passed on to the model; it takes what it knows. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Shown where the editor asks the user for consent. */
  readonly justification: string;
}

export type LanguageModelPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool-call'; readonly id: string; readonly name: string; readonly input: object };

export interface LanguageModels {
  /** Without any question to the user. Empty where nobody offers one, or nobody is signed in. */
  list(): Promise<readonly LanguageModelFacts[]>;
  /** Throws what the editor throws: an error with a `code`. Aborting ends the request; the iterable may then just end. */
  send(request: LanguageModelRequest, signal: AbortSignal): AsyncIterable<LanguageModelPart>;
  /** As the model itself counts. */
  countTokens(model: string, text: string, signal: AbortSignal): Promise<number>;
  /** Other models, or another answer of the user's. */
  readonly onDidChange: Event<void>;
}
