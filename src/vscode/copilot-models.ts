/** Copilot's models as VS Code lends them out: the router's port on one side, `vscode.lm` on the other. */
import * as vscode from 'vscode';
import type { Clock } from '../base/clock.ts';
import { type Disposable, DisposableStore } from '../base/disposable.ts';
import { Emitter } from '../base/event.ts';
import type {
  LanguageModelAccess,
  LanguageModelFacts,
  LanguageModelPart,
  LanguageModelRequest,
  LanguageModels,
} from '../router/language-models.ts';
import type { ChatInput, ChatMessage, ImageContent, TextContent } from '../router/model-request.ts';
import { COPILOT_VENDOR } from '../router/providers/copilot.ts';

export interface CopilotModels extends LanguageModels, Disposable {}

// VS Code may say that models changed whenever they are looked at, so looking because of that must slow down by itself.
const FIRST_LOOK_MS = 1000;
const LAST_LOOK_MS = 120_000;

export function createCopilotModels(access: vscode.LanguageModelAccessInformation, clock: Clock): CopilotModels {
  const store = new DisposableStore();
  const changed = store.add(new Emitter<void>());
  let known: string | undefined;
  let lookMs = FIRST_LOOK_MS;
  let timer: Disposable | undefined;

  async function list(): Promise<readonly LanguageModelFacts[]> {
    const models = await vscode.lm.selectChatModels({ vendor: COPILOT_VENDOR });
    const facts = models.map((model) => ({ id: model.id, family: model.family, access: accessTo(model, access) }));
    known = JSON.stringify(facts);
    return facts;
  }

  async function look(): Promise<void> {
    timer = undefined;
    const before = known;
    await list();
    const isSame = known === before;
    lookMs = isSame ? Math.min(lookMs * 2, LAST_LOOK_MS) : FIRST_LOOK_MS;
    if (!isSame) changed.fire();
  }

  store.add(
    vscode.lm.onDidChangeChatModels(() => {
      // Before anybody has asked, nobody needs to know.
      if (known !== undefined) timer ??= clock.setTimeout(() => void look().catch(() => undefined), lookMs);
    }),
  );
  store.add(access.onDidChange(() => changed.fire()));
  store.add({ dispose: () => timer?.dispose() });
  return {
    list,
    send,
    async countTokens(id, text, signal) {
      const cancellation = cancelledWith(signal);
      try {
        return await (await modelOf(id)).countTokens(text, cancellation.token);
      } finally {
        cancellation.dispose();
      }
    },
    onDidChange: changed.event,
    dispose: () => store.dispose(),
  };
}

/** Asks nobody: it is what VS Code remembers. */
function accessTo(model: vscode.LanguageModelChat, access: vscode.LanguageModelAccessInformation): LanguageModelAccess {
  const may = access.canSendRequest(model);
  return may === undefined ? 'not-asked' : may ? 'allowed' : 'refused';
}

async function modelOf(id: string): Promise<vscode.LanguageModelChat> {
  const [model] = await vscode.lm.selectChatModels({ vendor: COPILOT_VENDOR, id });
  if (model === undefined) throw vscode.LanguageModelError.NotFound(`There is no model ${id}`);
  return model;
}

async function* send(
  request: LanguageModelRequest,
  signal: AbortSignal,
): AsyncGenerator<LanguageModelPart, void, undefined> {
  const { model, input, options, justification } = request;
  const cancellation = cancelledWith(signal);
  try {
    const chat = await modelOf(model);
    const response = await chat.sendRequest(
      messagesOf(input),
      { modelOptions: { ...options }, justification, ...toolsOf(input) },
      cancellation.token,
    );
    for await (const part of response.stream) {
      if (part instanceof vscode.LanguageModelTextPart) {
        yield { type: 'text', text: part.value };
      } else if (part instanceof vscode.LanguageModelToolCallPart) {
        yield { type: 'tool-call', id: part.callId, name: part.name, input: part.input };
      }
      // Other parts are notes of the editor to itself.
    }
  } finally {
    // Also when the answer is left in the middle: nobody writes for nobody.
    cancellation.dispose();
  }
}

/** A token that is cancelled with the signal, and when it is disposed of. */
function cancelledWith(signal: AbortSignal): { readonly token: vscode.CancellationToken } & Disposable {
  const source = new vscode.CancellationTokenSource();
  const cancel = (): void => source.cancel();
  if (signal.aborted) cancel();
  else signal.addEventListener('abort', cancel, { once: true });
  return {
    token: source.token,
    dispose: () => {
      signal.removeEventListener('abort', cancel);
      source.cancel();
      source.dispose();
    },
  };
}

function toolsOf({ tools = [], toolChoice = 'auto' }: ChatInput): vscode.LanguageModelChatRequestOptions {
  if (tools.length === 0 || toolChoice === 'none') return {};
  // One that must be called can be said only by offering no other.
  const offered = typeof toolChoice === 'object' ? tools.filter(({ name }) => name === toolChoice.name) : tools;
  return {
    tools: offered.map(({ name, description, inputSchema }) => ({ name, description, inputSchema })),
    toolMode: toolChoice === 'auto' ? vscode.LanguageModelChatToolMode.Auto : vscode.LanguageModelChatToolMode.Required,
  };
}

/** There is no role for a system prompt, so it is what the user says first. */
function messagesOf({ system, messages }: ChatInput): vscode.LanguageModelChatMessage[] {
  const first = system === undefined ? [] : [vscode.LanguageModelChatMessage.User(system)];
  return [...first, ...messages.map(messageOf)];
}

function messageOf(message: ChatMessage): vscode.LanguageModelChatMessage {
  switch (message.role) {
    case 'user':
      return vscode.LanguageModelChatMessage.User(message.content.map(partOf));
    case 'assistant':
      return vscode.LanguageModelChatMessage.Assistant(
        message.content.flatMap((content): (vscode.LanguageModelTextPart | vscode.LanguageModelToolCallPart)[] => {
          switch (content.type) {
            case 'text':
              return [new vscode.LanguageModelTextPart(content.text)];
            case 'tool-call':
              return [new vscode.LanguageModelToolCallPart(content.id, content.name, inputOf(content.json))];
            case 'reasoning':
              return [];
          }
        }),
      );
    case 'tool':
      return vscode.LanguageModelChatMessage.User(
        message.content.map(({ toolCallId, content, isError }) => {
          const failed = isError ? [new vscode.LanguageModelTextPart('The tool failed: ')] : [];
          return new vscode.LanguageModelToolResultPart(toolCallId, [...failed, ...content.map(partOf)]);
        }),
      );
  }
}

function partOf(content: TextContent | ImageContent): vscode.LanguageModelTextPart | vscode.LanguageModelDataPart {
  return content.type === 'text'
    ? new vscode.LanguageModelTextPart(content.text)
    : vscode.LanguageModelDataPart.image(Buffer.from(content.data, 'base64'), content.mediaType);
}

/** Arguments that are no JSON object were cut off while they were written. */
function inputOf(json: string): object {
  try {
    const input: unknown = JSON.parse(json);
    return typeof input === 'object' && input !== null ? input : {};
  } catch {
    return {};
  }
}
