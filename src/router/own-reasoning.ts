/** What a model thought goes back to the provider that wrote it and to no other. */
import type { ChatMessage, ModelInput, ReasoningOrigin } from './model-request.ts';

/** The same input without what other providers thought and signed; the very same object if there is nothing of the kind. */
export function withOwnReasoning(input: ModelInput, providerId: string): ModelInput {
  if (input.type === 'fim' || !input.messages.some((message) => isForeign(message, providerId))) return input;
  return { ...input, messages: input.messages.map((message) => ownPart(message, providerId)) };
}

type AssistantContent = Extract<ChatMessage, { role: 'assistant' }>['content'][number];

function isForeign(message: ChatMessage, providerId: string): boolean {
  return message.role === 'assistant' && message.content.some((content) => originOf(content, providerId) === 'foreign');
}

function ownPart(message: ChatMessage, providerId: string): ChatMessage {
  if (message.role !== 'assistant') return message;
  const content = message.content.flatMap((piece): readonly AssistantContent[] => {
    if (originOf(piece, providerId) !== 'foreign') return [piece];
    if (piece.type !== 'tool-call') return [];
    const { origin: _origin, ...call } = piece;
    return [call];
  });
  return { role: 'assistant', content };
}

function originOf(content: AssistantContent, providerId: string): 'own' | 'foreign' {
  const origin: ReasoningOrigin | undefined = content.type === 'text' ? undefined : content.origin;
  return origin === undefined || origin.providerId === providerId ? 'own' : 'foreign';
}
