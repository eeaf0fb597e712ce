import assert from 'node:assert/strict';
import { ReaperError } from '../../../src/base/errors.ts';
import type { ReasoningEffort, ChatInput, RequestLimits } from '../../../src/router/model-request.ts';
import { adjust, adjustmentFor } from '../../../src/router/wire/adjustments.ts';
import { openAiWire } from '../../../src/router/wire/openai.ts';
import { conversation, PNG } from './conversation.ts';
import { type Loopback, bodyOf, collect, recordedReply, startLoopback, wireCall } from './loopback.ts';

let server: Loopback | undefined;
afterEach(() => server?.close());

const model = 'some-model';

interface Refusals {
  readonly warnings: readonly string[];
  readonly requests: number;
  readonly last: Readonly<Record<string, unknown>>;
}

/** Asks twice a server that refuses what `refuse` finds fault with. */
async function askedTwice(
  refuse: (body: Readonly<Record<string, unknown>>) => string | undefined,
  input: ChatInput,
  over: Partial<RequestLimits> = {},
  status = 400,
): Promise<Refusals> {
  server = await startLoopback(({ body }) => {
    const message = refuse(body as Readonly<Record<string, unknown>>);
    return message === undefined ? recordedReply('openai-chat-tools.sse') : { status, json: { error: { message } } };
  });
  const wire = openAiWire({ fim: 'find-out', maxTokensField: 'max_tokens', maxStops: 4 });
  const limits = { maxOutputTokens: 64, stop: [], ...over };
  await collect(wire.stream(wireCall(server.url, { model, input, limits })));
  const parts = await collect(wire.stream(wireCall(server.url, { model, input, limits })));
  return {
    warnings: parts.flatMap((part) => (part.type === 'warning' ? [part.message] : [])),
    requests: server.received.length,
    last: bodyOf(server.received.at(-1)),
  };
}

describe('what a chat server does not take', () => {
  const imageRefusals = [
    'messages[1]: unknown variant `image_url`, expected `text`',
    'This model does not support image input.',
    'some-model is not a multimodal model',
    'Failed to deserialize: images are not supported',
    'Invalid content type. image_url is only supported by certain models.',
    'At most 0 image(s) may be provided in one request.',
    'messages[1].content must be a string',
  ];
  for (const message of imageRefusals) {
    it(`is images, as it says: ${message}`, async () => {
      const refuse = (body: object): string | undefined => (JSON.stringify(body).includes(PNG) ? message : undefined);
      const { warnings, requests, last } = await askedTwice(refuse, conversation('x', undefined));
      assert.deepEqual(warnings, [`${model} sees no images; they were left out.`]);
      assert.equal(requests, 3);
      assert.ok(JSON.stringify(last).includes('What is this?'));
    });
  }

  it('says with a 404 that nobody behind a gateway takes it', async () => {
    const refuse = (body: object): string | undefined =>
      'tools' in body ? 'No endpoints found that support tool use.' : undefined;
    const { warnings, requests } = await askedTwice(refuse, conversation('x', undefined), {}, 404);
    assert.deepEqual([warnings, requests], [[`${model} takes no tools; they were left out.`], 3]);
  });

  it('says with a 500 that the model has no eyes', async () => {
    const refuse = (body: object): string | undefined =>
      JSON.stringify(body).includes(PNG) ? 'image input is not supported - hint: provide the mmproj' : undefined;
    const { warnings } = await askedTwice(refuse, conversation('x', undefined), {}, 500);
    assert.deepEqual(warnings, [`${model} sees no images; they were left out.`]);
  });

  for (const message of [
    'some-model does not support tools',
    '"auto" tool choice requires --enable-auto-tool-choice',
  ]) {
    it(`is tools, as it says: ${message}`, async () => {
      const refuse = (body: object): string | undefined => ('tools' in body ? message : undefined);
      const input: ChatInput = { ...conversation('x', undefined), toolChoice: 'required' };
      const { warnings, last } = await askedTwice(refuse, input);
      assert.deepEqual(warnings, [`${model} takes no tools; they were left out.`]);
      assert.equal('tool_choice' in last, false);
    });
  }

  const efforts: readonly (readonly [wanted: ReasoningEffort, listed: string, used: string | undefined])[] = [
    ['none', "'low', 'medium', 'high'", 'low'],
    ['medium', "'none' and 'high'", 'high'],
    ['high', "'none', 'low'", 'low'],
    ['medium', 'nothing of the kind', undefined],
  ];
  for (const [wanted, listed, used] of efforts) {
    it(`is the effort ${wanted}; of ${listed} the next one is taken`, async () => {
      const refuse = (body: Readonly<Record<string, unknown>>): string | undefined =>
        body['reasoning_effort'] === wanted
          ? `'reasoning_effort' does not support '${wanted}'. Supported values are: ${listed}.`
          : undefined;
      const { warnings, last } = await askedTwice(refuse, conversation('x', undefined), { reasoning: wanted });
      assert.equal(last['reasoning_effort'], used);
      assert.equal(warnings.length, 1);
    });
  }

  it('is no reason for a word where it was not even sent', async () => {
    server = await startLoopback(({ body }) =>
      'temperature' in (body as object)
        ? { status: 400, json: { error: { message: "'temperature' is not supported" } } }
        : recordedReply('openai-chat-tools.sse'),
    );
    const wire = openAiWire({ fim: 'find-out', maxTokensField: 'max_tokens', maxStops: 4 });
    const { url } = server;
    const ask = (limits: RequestLimits): ReturnType<typeof collect> =>
      collect(wire.stream(wireCall(url, { model, input: conversation('x', undefined), limits })));
    assert.equal((await ask({ maxOutputTokens: 9, stop: [], temperature: 1 }))[0]?.type, 'warning');
    assert.notEqual((await ask({ maxOutputTokens: 9, stop: [] }))[0]?.type, 'warning');
  });
});

describe('an adjustment', () => {
  const refusal = (message: string, status = 400): ReaperError => new ReaperError('bad-response', message, { status });

  it('is made for nothing that is not there', () => {
    assert.equal(
      adjustmentFor(refusal('images are not supported'), { messages: [{ role: 'user', content: 'x' }] }),
      undefined,
    );
    assert.equal(adjustmentFor(refusal("'temperature' is bad"), { model }), undefined);
    assert.equal(adjustmentFor(refusal("'temperature' is bad", 500), { temperature: 1 }), undefined);
    assert.equal(adjustmentFor(new Error('x'), { temperature: 1 }), undefined);
  });

  const aboutThisOne: readonly string[] = [
    'You uploaded an unsupported image. Please make sure your image is below 20 MB.',
    'Invalid image_url: the base64 cannot be decoded.',
    "Invalid schema for function 'read_file': 'x' is not valid.",
    '[{"type":"missing","loc":["body","tools",0,"function","name"],"msg":"Field required"}]',
    "Invalid 'tools[0].function.name': string does not match pattern.",
  ];
  for (const message of aboutThisOne) {
    it(`is none for what is said of one image or one tool: ${message}`, () => {
      const image = { type: 'image_url', image_url: { url: 'data:' } };
      const body = { tools: [{}], messages: [{ role: 'user', content: [image] }] };
      assert.equal(adjustmentFor(refusal(message), body), undefined);
    });
  }

  it('leaves something to say where an image was all', () => {
    const body = { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:' } }] }] };
    assert.deepEqual(adjust(body, { type: 'blind' }), { messages: [{ role: 'user', content: '[an image]' }] });
  });

  it('takes an emptied record away with its last field', () => {
    const body = { reasoning: { summary: 'auto' }, model };
    assert.deepEqual(adjust(body, { type: 'drop', path: 'reasoning.summary' }), { model });
  });
});
