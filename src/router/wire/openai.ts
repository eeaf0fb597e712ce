/** In work: this protocol's first form only says that it is not there yet. */
import { ReaperError } from '../../base/errors.ts';
import type { WireModule } from '../wire.ts';

export interface OpenAiWireOptions {
  readonly maxTokensField: 'max_tokens' | 'max_completion_tokens';
  /** Stop strings that the server takes; the rest is cut here. */
  readonly maxStops: number;
  /** Sent when a hole is to be filled; left out for models that refuse it. */
  readonly reasoningEffort?: 'none' | 'minimal' | 'low';
  /** Version segment of the completions endpoint, where it is another one than the base URL's. */
  readonly completionsVersion?: string;
}

export function openAiWire(_options: OpenAiWireOptions): WireModule {
  return {
    stream: () => {
      throw new ReaperError('bad-response', 'Not built yet');
    },
    probe: () => Promise.reject(new ReaperError('bad-response', 'Not built yet')),
  };
}
