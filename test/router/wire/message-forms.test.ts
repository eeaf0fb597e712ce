import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ChatInput, ChatMessage } from '../../../src/router/model-request.ts';
import { anthropicMessages } from '../../../src/router/wire/anthropic-messages.ts';
import { geminiMessages } from '../../../src/router/wire/gemini-messages.ts';
import { NO_LACKS, ollamaChat } from '../../../src/router/wire/ollama-chat.ts';

const text = fc.record({ type: fc.constant('text' as const), text: fc.string() });
const image = fc.record({
  type: fc.constant('image' as const),
  mediaType: fc.constantFrom('image/png' as const, 'image/gif' as const),
  data: fc.base64String(),
});
const origin = fc.record({ providerId: fc.constant('own'), signature: fc.option(fc.string(), { nil: undefined }) });
const thought = fc.record({ type: fc.constant('reasoning' as const), text: fc.string(), origin });
const json = fc.oneof(fc.json(), fc.string());
const toolCall = fc.record({ type: fc.constant('tool-call' as const), id: fc.string(), name: fc.string(), json });
const result = fc.record({
  type: fc.constant('tool-result' as const),
  toolCallId: fc.string(),
  toolName: fc.string(),
  content: fc.array(fc.oneof(text, image), { maxLength: 3 }),
  isError: fc.boolean(),
});
const message: fc.Arbitrary<ChatMessage> = fc.oneof(
  fc.record({ role: fc.constant('user' as const), content: fc.array(fc.oneof(text, image), { maxLength: 3 }) }),
  fc.record({
    role: fc.constant('assistant' as const),
    content: fc.array(fc.oneof(text, thought, toolCall), { maxLength: 4 }),
  }),
  fc.record({ role: fc.constant('tool' as const), content: fc.array(result, { maxLength: 3 }) }),
);
const tool = fc.record({
  name: fc.string(),
  description: fc.string(),
  inputSchema: fc.constant({ type: 'object', properties: { a: {} } }),
});
const conversation: fc.Arbitrary<ChatInput> = fc.record(
  {
    type: fc.constant('chat' as const),
    system: fc.string(),
    messages: fc.array(message, { maxLength: 12 }),
    tools: fc.array(tool, { maxLength: 3 }),
    toolChoice: fc.constantFrom('auto' as const, 'none' as const, 'required' as const, { name: 'look' }),
  },
  { requiredKeys: ['type', 'messages'] },
);

/** Roles take turns, and nobody has nothing to say. */
function assertTurns(turns: readonly { readonly role: string; readonly size: number }[]): void {
  turns.forEach(({ role, size }, index) => {
    assert.notEqual(role, turns[index - 1]?.role);
    assert.ok(size > 0);
  });
}

describe('any conversation at all', () => {
  it('becomes turns of Claude with four marks at most, and no text of white space', () => {
    fc.assert(
      fc.property(conversation, (input) => {
        const before = JSON.stringify(input);
        const { messages, system, tools } = anthropicMessages(input);
        assertTurns(messages.map(({ role, content }) => ({ role, size: content.length })));
        const sent = JSON.stringify([messages, system, tools]);
        assert.ok(sent.split('"cache_control":{').length - 1 <= 4);
        for (const { content } of messages) {
          const texts =
            typeof content === 'string' ? [content] : content.flatMap((b) => (b.type === 'text' ? [b.text] : []));
          for (const said of texts) assert.notEqual(said.trim(), '');
        }
        assert.equal(JSON.stringify(input), before, 'the input was changed');
      }),
      { numRuns: 300 },
    );
  });

  it('becomes turns of Gemini, in which only objects are arguments', () => {
    fc.assert(
      fc.property(conversation, fc.constantFrom('gemini-3.8-flash', 'gemini-2.5-pro'), (input, model) => {
        const { body } = geminiMessages(input, model, { callIds: false });
        const contents = body['contents'] as readonly { readonly role: string; readonly parts: readonly object[] }[];
        assertTurns(contents.map(({ role, parts }) => ({ role, size: parts.length })));
        for (const part of contents.flatMap(({ parts }) => parts)) {
          if (!('functionCall' in part)) continue;
          const { args } = part.functionCall as { readonly args: unknown };
          assert.ok(typeof args === 'object' && args !== null && !Array.isArray(args));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('becomes messages of Ollama, with no image for a model that sees none', () => {
    fc.assert(
      fc.property(conversation, (input) => {
        const { body } = ollamaChat(input, 'qwen3:4b', undefined, { ...NO_LACKS, images: true });
        const messages = body['messages'] as readonly { readonly role: string; readonly content: unknown }[];
        for (const { role, content } of messages) {
          assert.match(role, /^(?:system|user|assistant|tool)$/);
          assert.equal(typeof content, 'string');
        }
        assert.ok(messages.every((sent) => !('images' in sent)));
      }),
      { numRuns: 300 },
    );
  });
});
