/** What a request needs of the one who answers it, and which model that is. */
import type { ChatInput, ModelRequest } from './model-request.ts';
import { configuredModel } from './probes.ts';
import type { ProviderProfile } from './provider-definition.ts';
import type { ProbeResult } from './wire.ts';

/** Providers have one model for ghost text and one for everything else. */
export type ModelUse = 'completion' | 'chat';

export interface Need {
  readonly inputType: 'chat' | 'fim';
  readonly use: ModelUse;
  readonly tools: boolean;
  readonly images: boolean;
  /** The same for equal needs. */
  readonly key: string;
}

export const COMPLETION_NEED: Need = needFrom('fim', 'completion', false, false);

export function needOf({ purpose, input }: ModelRequest): Need {
  const use: ModelUse = purpose === 'completion' ? 'completion' : 'chat';
  if (input.type === 'fim') return use === 'completion' ? COMPLETION_NEED : needFrom('fim', use, false, false);
  return needFrom('chat', use, usesTools(input), hasImages(input));
}

/** What the user or the definition says; `undefined`: it depends on what the server lists. */
export function namedModel(profile: ProviderProfile, use: ModelUse): string | undefined {
  return use === 'completion' ? configuredModel(profile) : (profile.chatModel ?? profile.definition.chatModel);
}

/** The model to ask for where none is named; empty where the server has one model and asks for no name. */
export function modelFound(profile: ProviderProfile, need: Need, result: ProbeResult | undefined): string {
  const { models } = profile.definition;
  if (need.use === 'completion') {
    return result?.model ?? result?.models[0] ?? (need.inputType === 'chat' ? models[0] : undefined) ?? '';
  }
  return models[0] ?? result?.models[0] ?? configuredModel(profile) ?? '';
}

function needFrom(inputType: Need['inputType'], use: ModelUse, tools: boolean, images: boolean): Need {
  return {
    inputType,
    use,
    tools,
    images,
    key: `${inputType} ${use} ${tools ? 'tools' : ''} ${images ? 'images' : ''}`,
  };
}

function usesTools(input: ChatInput): boolean {
  return (input.tools ?? []).length > 0 || input.messages.some(({ role }) => role === 'tool');
}

function hasImages(input: ChatInput): boolean {
  return input.messages.some(({ content }) =>
    content.some((part) =>
      part.type === 'tool-result' ? part.content.some(({ type }) => type === 'image') : part.type === 'image',
    ),
  );
}
