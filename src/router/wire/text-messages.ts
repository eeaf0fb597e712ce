/** A conversation as plain text, for servers and purposes that know neither tools nor images. */
import type { ChatInput, ChatMessage } from '../model-request.ts';

export interface TextMessage {
  readonly role: 'user' | 'assistant';
  readonly content: string;
}

export function textMessages(input: ChatInput): readonly TextMessage[] {
  return input.messages.map((message) => ({
    role: message.role === 'assistant' ? 'assistant' : 'user',
    content: message.content.map(textOf).join(''),
  }));
}

function textOf(content: ChatMessage['content'][number]): string {
  switch (content.type) {
    case 'text':
      return content.text;
    case 'image':
    case 'reasoning':
      return '';
    case 'tool-call':
      return `[calls ${content.name} with ${content.json}]`;
    case 'tool-result':
      return `[${content.toolName} ${content.isError ? 'failed' : 'answered'}: ${content.content.map(textOf).join('')}]`;
  }
}
