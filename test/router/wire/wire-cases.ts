/** Every protocol with a stream that was recorded from it, for what all of them must do alike. */
import { anthropicWire } from '../../../src/router/wire/anthropic.ts';
import { azureWire } from '../../../src/router/wire/azure.ts';
import { llamaCppWire } from '../../../src/router/wire/llama-cpp.ts';
import { mistralWire } from '../../../src/router/wire/mistral.ts';
import { ollamaWire } from '../../../src/router/wire/ollama.ts';
import { omenWire } from '../../../src/router/wire/omen/omen.ts';
import { openAiWire } from '../../../src/router/wire/openai.ts';
import type { FimMode, WireCall, WireModule } from '../../../src/router/wire.ts';

export interface WireCase {
  readonly name: string;
  readonly wire: WireModule;
  readonly fim: FimMode;
  readonly stream: string;
  readonly text: string;
  /** Where it is no hole that is asked for. */
  readonly call?: Partial<WireCall>;
  /** The end of the body is the end of the answer. */
  readonly endsWithBody?: boolean;
}

export const wireCases: readonly WireCase[] = [
  {
    name: 'ollama',
    wire: ollamaWire(),
    fim: { type: 'native' },
    stream: 'ollama-generate.ndjson',
    text: 'th * height // größe 📐',
  },
  {
    name: 'llama.cpp',
    wire: llamaCppWire(),
    fim: { type: 'native' },
    stream: 'llama-infill.sse',
    text: 'th * height // größe 📐',
  },
  {
    name: 'openai completions',
    wire: openAiWire({ fim: 'find-out', maxTokensField: 'max_tokens', maxStops: 4 }),
    fim: { type: 'template', family: 'qwen-coder' },
    stream: 'openai-completions.sse',
    text: 'th * height // größe 📐',
  },
  {
    name: 'openai chat',
    wire: openAiWire({ fim: 'hole-filler', maxTokensField: 'max_completion_tokens', maxStops: 4 }),
    fim: { type: 'hole-filler' },
    stream: 'openai-chat-hole.sse',
    text: 'th * height',
  },
  {
    name: 'openai responses',
    wire: openAiWire({
      fim: 'hole-filler',
      maxTokensField: 'max_completion_tokens',
      maxStops: 4,
      apiOption: 'api',
    }),
    fim: { type: 'hole-filler' },
    stream: 'openai-responses-area.sse',
    text: 'th * height // größe 📐',
    call: { input: { type: 'chat', messages: [] }, options: { api: 'responses' } },
  },
  {
    name: 'azure',
    wire: azureWire({ apiOption: 'api' }),
    fim: { type: 'hole-filler' },
    stream: 'azure-chat-hole.sse',
    text: 'th * height',
  },
  { name: 'mistral', wire: mistralWire(), fim: { type: 'native' }, stream: 'mistral-fim.sse', text: 'th * height' },
  {
    name: 'anthropic',
    wire: anthropicWire({ order: 'suffix-first' }),
    fim: { type: 'hole-filler' },
    stream: 'anthropic-hole.sse',
    text: 'th * height',
  },
  {
    name: 'omen',
    wire: omenWire(),
    fim: { type: 'hole-filler' },
    stream: 'omen-hole.sse',
    text: 'th * height',
    endsWithBody: true,
  },
];
