/** Models that an editor would lend out, answering as a test says. */
import { Emitter } from '../../src/base/event.ts';
import type {
  LanguageModelAccess,
  LanguageModelFacts,
  LanguageModelPart,
  LanguageModelRequest,
  LanguageModels,
} from '../../src/router/language-models.ts';

export interface FakeLanguageModels extends LanguageModels {
  readonly sent: readonly LanguageModelRequest[];
  /** Requests that were ended before they came to their end. */
  readonly left: number;
  models: readonly LanguageModelFacts[];
  answer: (request: LanguageModelRequest, signal: AbortSignal) => AsyncIterable<LanguageModelPart>;
  /** What the user says when the editor asks. */
  consent: LanguageModelAccess;
  readonly changed: Emitter<void>;
}

export function createFakeLanguageModels(access: LanguageModelAccess = 'allowed'): FakeLanguageModels {
  const changed = new Emitter<void>();
  const sent: LanguageModelRequest[] = [];
  let left = 0;
  const fake: FakeLanguageModels = {
    sent,
    get left() {
      return left;
    },
    models: [
      { id: 'gpt-6-mini', family: 'gpt-6', access },
      { id: 'claude-haiku-5.5', family: 'claude-haiku', access },
    ],
    answer: () => texts('<completion>th * ', 'height</completion>'),
    consent: 'allowed',
    changed,
    onDidChange: changed.event,
    list: () => Promise.resolve(fake.models),
    countTokens: (_model, text) => Promise.resolve(text.length),
    async *send(request, signal) {
      sent.push(request);
      if (fake.models.some((model) => model.access === 'not-asked')) {
        fake.models = fake.models.map((model) => ({ ...model, access: fake.consent }));
        changed.fire();
      }
      let whole = false;
      try {
        yield* fake.answer(request, signal);
        whole = true;
      } finally {
        if (!whole) left++;
      }
    },
  };
  return fake;
}

export async function* texts(...pieces: readonly string[]): AsyncGenerator<LanguageModelPart> {
  for (const text of pieces) yield { type: 'text', text };
}
