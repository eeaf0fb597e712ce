/** Just enough of `vscode.lm` for the adapter of the editor's models: parts that say what they are, and one model that a test drives. */
import { Emitter } from '../../src/base/event.ts';

export class LanguageModelTextPart {
  readonly value: string;
  constructor(value: string) {
    this.value = value;
  }
}

export class LanguageModelToolCallPart {
  readonly callId: string;
  readonly name: string;
  readonly input: object;
  constructor(callId: string, name: string, input: object) {
    this.callId = callId;
    this.name = name;
    this.input = input;
  }
}

export class LanguageModelToolResultPart {
  readonly callId: string;
  readonly content: readonly unknown[];
  constructor(callId: string, content: readonly unknown[]) {
    this.callId = callId;
    this.content = content;
  }
}

export const LanguageModelDataPart = {
  image: (data: Uint8Array, mimeType: string) => ({ image: Buffer.from(data).toString('base64'), mimeType }),
};

export const LanguageModelChatMessage = {
  User: (content: unknown) => ({ role: 'user', content }),
  Assistant: (content: unknown) => ({ role: 'assistant', content }),
};

export const LanguageModelChatToolMode = { Auto: 'auto', Required: 'required' };

export const LanguageModelError = {
  NotFound: (message: string) => Object.assign(new Error(message), { code: 'NotFound' }),
};

export class CancellationTokenSource {
  readonly #cancelled = new Emitter<void>();
  readonly token = {
    isCancellationRequested: false,
    /** As VS Code does: who comes too late is told too. */
    onCancellationRequested: (listener: () => void) => {
      if (this.token.isCancellationRequested) queueMicrotask(listener);
      return this.#cancelled.event(listener);
    },
  };
  cancel(): void {
    if (this.token.isCancellationRequested) return;
    this.token.isCancellationRequested = true;
    this.#cancelled.fire();
  }
  dispose(): void {
    this.#cancelled.dispose();
  }
}

export interface Sent {
  readonly messages: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  readonly token: CancellationTokenSource['token'];
}

/** Driven by the test. */
export const fakeModel = {
  modelsChanged: new Emitter<void>(),
  present: true,
  sent: [] as Sent[],
  selected: 0,
  parts: async function* () {
    // Nothing, until a test says more.
  } as (token: Sent['token']) => AsyncIterable<unknown>,
};

export const lm = {
  onDidChangeChatModels: fakeModel.modelsChanged.event,
  selectChatModels: ({ id = 'm1' }: { readonly vendor: string; readonly id?: string }) => {
    fakeModel.selected++;
    const model = {
      id: 'm1',
      family: 'fake',
      countTokens: (text: string) => Promise.resolve(text.length),
      sendRequest: (messages: unknown, options: Sent['options'], token: Sent['token']) => {
        fakeModel.sent.push({ messages, options, token });
        return Promise.resolve({ stream: fakeModel.parts(token) });
      },
    };
    return Promise.resolve(fakeModel.present && id === model.id ? [model] : []);
  },
};
