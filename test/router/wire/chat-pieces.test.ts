import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReaperError } from '../../../src/base/errors.ts';
import type { ChatInput } from '../../../src/router/model-request.ts';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import { anthropicWire } from '../../../src/router/wire/anthropic.ts';
import { geminiWire } from '../../../src/router/wire/gemini.ts';
import { ollamaWire } from '../../../src/router/wire/ollama.ts';
import type { WireModule } from '../../../src/router/wire.ts';
import { recorded, wireCall } from './loopback.ts';

interface Recording {
  readonly name: string;
  readonly wire: WireModule;
  readonly model: string;
  readonly streams: readonly string[];
  /** Values of the protocol's own words, so that nonsense comes near to sense. */
  readonly words: readonly string[];
}

const recordings: readonly Recording[] = [
  {
    name: 'Anthropic',
    wire: anthropicWire({ order: 'suffix-first' }),
    model: 'claude-opus-5-5',
    streams: ['anthropic-tools.sse', 'anthropic-chat.sse'],
    words: [
      'message_start',
      'content_block_start',
      'content_block_delta',
      'content_block_stop',
      'message_delta',
      'tool_use',
      'text_delta',
      'thinking_delta',
      'signature_delta',
      'input_json_delta',
      'redacted_thinking',
    ],
  },
  {
    name: 'Gemini',
    wire: geminiWire(),
    model: 'gemini-3.8-flash',
    streams: ['gemini-tools.sse', 'gemini-hole.sse'],
    words: ['STOP', 'MAX_TOKENS', 'SAFETY', 'model'],
  },
  {
    name: 'Ollama',
    wire: ollamaWire(),
    model: 'qwen3:4b',
    streams: ['ollama-tools.ndjson', 'ollama-chat.ndjson'],
    words: ['stop', 'length', 'assistant'],
  },
];

const KEYS =
  'type index content_block delta message usage text thinking signature partial_json id name input stop_reason candidates content parts functionCall args thought finishReason usageMetadata promptTokenCount promptFeedback blockReason done done_reason tool_calls function arguments prompt_eval_count output_tokens'.split(
    ' ',
  );
const input: ChatInput = { type: 'chat', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] };

/** Reads a body that comes in pieces of these sizes, over and over. */
async function read(
  recording: Recording,
  type: string,
  body: Uint8Array,
  sizes: readonly number[],
): Promise<readonly StreamPart[]> {
  let at = 0;
  let turn = 0;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= body.length) {
        controller.close();
        return;
      }
      const size = sizes[turn++ % Math.max(1, sizes.length)] ?? body.length;
      controller.enqueue(body.slice(at, at + size));
      at += size;
    },
  });
  const fetch = (): Promise<Response> => Promise.resolve(new Response(stream, { headers: { 'content-type': type } }));
  const parts: StreamPart[] = [];
  const call = wireCall('http://127.0.0.1:1', { model: recording.model, input, fetch });
  for await (const part of recording.wire.stream(call)) parts.push(part);
  return parts;
}

const typeOf = (file: string): string => (file.endsWith('.sse') ? 'text/event-stream' : 'application/x-ndjson');

for (const recording of recordings) {
  describe(`a conversation in the protocol of ${recording.name}`, () => {
    for (const file of recording.streams) {
      it(`has the same parts however the network cuts ${file}`, async () => {
        const body = new TextEncoder().encode(recorded(file).join(''));
        const whole = await read(recording, typeOf(file), body, []);
        assert.equal(whole.at(-1)?.type, 'finish');
        assert.deepEqual(await read(recording, typeOf(file), body, [1]), whole);
        await fc.assert(
          fc.asyncProperty(
            fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 40 }),
            async (sizes) => {
              assert.deepEqual(await read(recording, typeOf(file), body, sizes), whole);
            },
          ),
          { numRuns: 50 },
        );
      });

      it(`is cut off wherever ${file} ends too early, and nothing else`, async () => {
        const text = recorded(file).join('');
        const body = new TextEncoder().encode(text);
        const complete = await read(recording, typeOf(file), body, []);
        for (let length = 0; length < body.length; length += 7) {
          let parts: readonly StreamPart[] = [];
          try {
            parts = await read(recording, typeOf(file), body.slice(0, length), []);
          } catch (error) {
            assert.ok(error instanceof ReaperError && ['network', 'bad-response'].includes(error.kind), String(error));
          }
          // Whoever lost only the line breaks at the end has lost nothing.
          if (parts.length > 0) assert.deepEqual(parts, complete, `after ${length} bytes`);
        }
      });
    }

    it('is never more than one answer, whatever a server writes', async () => {
      const key = fc.constantFrom(...KEYS);
      const { value } = fc.letrec((tie) => ({
        value: fc.oneof(
          { maxDepth: 4, depthIdentifier: 'value' },
          fc.oneof(fc.constantFrom(...recording.words), fc.string(), fc.integer(), fc.boolean(), fc.constant(null)),
          fc.array(tie('value'), { maxLength: 3 }),
          fc.dictionary(key, tie('value'), { maxKeys: 6 }),
        ),
      }));
      const isSse = typeOf(recording.streams[0] ?? '') === 'text/event-stream';
      await fc.assert(
        fc.asyncProperty(fc.array(fc.dictionary(key, value, { maxKeys: 8 }), { maxLength: 8 }), async (events) => {
          const lines = events.map((event) =>
            isSse ? `data: ${JSON.stringify(event)}\n\n` : `${JSON.stringify(event)}\n`,
          );
          const body = new TextEncoder().encode(lines.join(''));
          try {
            const parts = await read(recording, isSse ? 'text/event-stream' : 'application/x-ndjson', body, []);
            assert.equal(parts.filter(({ type }) => type === 'finish').length, 1);
            assert.equal(parts.at(-1)?.type, 'finish');
          } catch (error) {
            assert.ok(error instanceof ReaperError, String(error));
          }
        }),
        { numRuns: 300 },
      );
    });
  });
}
