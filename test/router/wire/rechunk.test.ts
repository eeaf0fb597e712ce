import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import type { ChatInput } from '../../../src/router/model-request.ts';
import { deepseek } from '../../../src/router/providers/deepseek.ts';
import { mistral } from '../../../src/router/providers/mistral.ts';
import { openai } from '../../../src/router/providers/openai.ts';
import type { ProviderDefinition } from '../../../src/router/provider-definition.ts';
import { ReaperError } from '../../../src/base/errors.ts';
import { recorded, wireCall } from './loopback.ts';

const input: ChatInput = { type: 'chat', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] };

/** Who reads a stream, by the beginning of its name. */
const readers: readonly (readonly [beginning: string, definition: ProviderDefinition, api: string])[] = [
  ['openai-responses', openai, 'responses'],
  ['openai-chat', openai, 'chat'],
  ['compatible-chat', openai, 'chat'],
  ['openrouter-chat', openai, 'chat'],
  ['azure-chat', openai, 'chat'],
  ['xai-chat', openai, 'chat'],
  ['deepseek-chat', deepseek, 'chat'],
  ['mistral-chat', mistral, 'chat'],
];

const streams = readdirSync(new URL('../../fixtures/streams/', import.meta.url)).flatMap((name) => {
  const reader = readers.find(([beginning]) => name.startsWith(beginning));
  return reader === undefined ? [] : [{ name, definition: reader[1], api: reader[2] }];
});

/** All parts, and how it failed if it did. */
async function read(
  { definition, api }: (typeof streams)[number],
  pieces: readonly Uint8Array[],
): Promise<readonly unknown[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      controller.close();
    },
  });
  const headers = { 'content-type': 'text/event-stream' };
  const fetch = (): Promise<Response> => Promise.resolve(new Response(body, { headers }));
  const seen: unknown[] = [];
  const wire = await definition.wire();
  try {
    for await (const part of wire.stream(wireCall('http://127.0.0.1:1', { input, options: { api }, fetch }))) {
      seen.push(part);
    }
  } catch (error) {
    assert.ok(error instanceof ReaperError);
    seen.push({ kind: error.kind, message: error.message });
  }
  return seen;
}

function inPieces(bytes: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    pieces.push(bytes.slice(at, at + size));
    at += size;
  }
  return pieces;
}

describe('a recorded chat', () => {
  it('is there for every kind of stream', () => {
    assert.deepEqual(
      readers.filter(([beginning]) => !streams.some(({ name }) => name.startsWith(beginning))),
      [],
    );
  });

  for (const stream of streams) {
    it(`gives the same parts however ${stream.name} is cut into pieces`, async () => {
      const bytes = new TextEncoder().encode(recorded(stream.name).join(''));
      const whole = await read(stream, [bytes]);
      assert.ok(whole.length > 0);
      assert.deepEqual(await read(stream, inPieces(bytes, [1])), whole);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 30 }), async (sizes) => {
          assert.deepEqual(await read(stream, inPieces(bytes, sizes)), whole);
        }),
        { numRuns: 15 },
      );
    });

    it(`is never taken for whole before the end of ${stream.name}`, async () => {
      const chunks = recorded(stream.name);
      const encoder = new TextEncoder();
      const whole = JSON.stringify(await read(stream, [encoder.encode(chunks.join(''))]));
      for (let count = 0; count < chunks.length; count++) {
        const seen = await read(stream, [encoder.encode(chunks.slice(0, count).join(''))]);
        const last = JSON.stringify(seen.at(-1));
        // A stream without its last word is cut off, unless the reason of its end was told before.
        assert.ok(last.includes('network') || last.includes('finish'), last);
        if (last.includes('finish')) assert.ok(whole.endsWith(`${last}]`), last);
      }
    });

    it(`survives noise in ${stream.name}`, async () => {
      const bytes = new TextEncoder().encode(recorded(stream.name).join(''));
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }),
          async (noise) => {
            const broken = bytes.slice();
            for (const [at, value] of noise) broken[at] = value;
            // Whatever it is: parts or an error of ours; `read` fails on anything else.
            await read(stream, [broken]);
          },
        ),
        { numRuns: 30 },
      );
    });
  }
});
