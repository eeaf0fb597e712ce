/** OMEN over HTTP: what it is sent, and what is made of a stream that only looks like OpenAI's. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { credentialOf } from '../../../../src/router/credential.ts';
import type { ChatInput } from '../../../../src/router/model-request.ts';
import { omenWire } from '../../../../src/router/wire/omen/omen.ts';
import type { WireCall } from '../../../../src/router/wire.ts';
import {
  bodyOf,
  collect,
  type Loopback,
  probeCall,
  recorded,
  recordedReply,
  type Responder,
  startLoopback,
  textOf,
  wireCall,
} from '../loopback.ts';

const OVER_HTTP = { transport: 'http', grpcUrl: '', upstreams: '' };

describe('the omen wire over HTTP', () => {
  let server: Loopback;
  let respond: Responder;

  beforeEach(async () => {
    respond = () => recordedReply('omen-hole.sse');
    server = await startLoopback((request) => respond(request));
  });

  afterEach(() => server.close());

  const call = (over: Partial<WireCall> = {}): WireCall =>
    wireCall(`${server.url}/v1`, { model: 'qwen3-coder', options: OVER_HTTP, fim: { type: 'hole-filler' }, ...over });
  const chat = (input: Partial<ChatInput> = {}, over: Partial<WireCall> = {}): WireCall =>
    call({
      purpose: 'agent',
      input: { type: 'chat', messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }], ...input },
      ...over,
    });
  const run = (of: WireCall): ReturnType<typeof collect> => collect(omenWire().stream(of));

  it('fills a hole out of a stream with frames of others in it and no last word', async () => {
    const parts = await run(call());
    assert.equal(textOf(parts), 'th * height');
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' });
    assert.ok(parts.some((part) => part.type === 'usage' && part.usage.estimated));
    assert.ok(!parts.some(({ type }) => type === 'warning'));
  });

  it('says what the request is for and how to route it, the strategy always', async () => {
    await run(call());
    assert.deepEqual(bodyOf(server.received[0])['omen'], { strategy: 'single', max_latency_ms: 600_000 });
    assert.deepEqual(bodyOf(server.received[0])['tags'], {
      source: 'reaper',
      intent: 'code',
      priority: 'low-latency',
      language: 'typescript',
    });
    await run(
      chat(
        {},
        {
          options: { ...OVER_HTTP, upstreams: 'ollama, openai' },
          routing: {
            strategy: 'race',
            k: 3,
            budgetUsd: 0.05,
            maxLatencyMs: 2500,
            stickiness: 'session',
            minUsefulTokens: 4,
            providers: ['reaper-knows-this-name'],
          },
        },
      ),
    );
    assert.deepEqual(bodyOf(server.received[1])['omen'], {
      strategy: 'race',
      max_latency_ms: 2500,
      k: 3,
      providers: ['ollama', 'openai'],
      budget_usd: 0.05,
      stickiness: 'session',
      min_useful_tokens: 4,
    });
    assert.deepEqual(bodyOf(server.received[1])['tags'], { source: 'reaper', intent: 'agent' });
    await run(chat({}, { options: { ...OVER_HTTP, strategy: 'speculate_k' }, routing: { strategy: 'race' } }));
    assert.deepEqual(bodyOf(server.received[2])['omen'], { strategy: 'speculate_k', max_latency_ms: 600_000 });
  });

  it('sends what it takes: content that is never null, a tool choice that is never a word, stops as a list', async () => {
    respond = () => recordedReply('omen-tools.sse');
    const tools = [{ name: 'read_file', description: 'Reads.', inputSchema: { type: 'object' } }];
    const parts = await run(
      chat(
        {
          system: 'Be brief.',
          messages: [
            { role: 'user', content: [{ type: 'image', mediaType: 'image/png', data: 'iVBORw==' }] },
            { role: 'assistant', content: [{ type: 'tool-call', id: 't1', name: 'read_file', json: '{"path":"a"}' }] },
            {
              role: 'tool',
              content: [
                {
                  type: 'tool-result',
                  toolCallId: 't1',
                  toolName: 'read_file',
                  content: [{ type: 'text', text: 'x' }],
                  isError: false,
                },
              ],
            },
          ],
          tools,
          toolChoice: { name: 'read_file' },
        },
        { limits: { maxOutputTokens: 9, stop: ['END'], reasoning: 'high' } },
      ),
    );
    const body = bodyOf(server.received[0]);
    assert.deepEqual(body['messages'], [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw==' } }] },
      {
        role: 'assistant',
        content: '',
        tool_calls: [{ id: 't1', type: 'function', function: { name: 'read_file', arguments: '{"path":"a"}' } }],
      },
      { role: 'tool', tool_call_id: 't1', content: 'x' },
    ]);
    assert.deepEqual(body['tool_choice'], { type: 'function', function: { name: 'read_file' } });
    assert.deepEqual(body['stop'], ['END']);
    assert.deepEqual(
      parts.filter(({ type }) => type !== 'usage'),
      [
        { type: 'warning', message: 'OMEN does not take a reasoning effort; it was left out.' },
        { type: 'text-delta', text: 'Größe 📐: ' },
        { type: 'tool-call-start', id: 'call_1', name: 'read_file' },
        { type: 'tool-call-delta', id: 'call_1', json: '{"pa' },
        { type: 'tool-call-delta', id: 'call_1', json: 'th":"a"}' },
        { type: 'tool-call-end', id: 'call_1' },
        { type: 'finish', reason: 'tool-calls' },
      ],
    );
    for (const toolChoice of ['auto', 'required', 'none'] as const) {
      await run(chat({ tools, toolChoice }));
      const sent = bodyOf(server.received.at(-1));
      assert.equal('tool_choice' in sent, false);
      assert.equal('tools' in sent, toolChoice !== 'none');
    }
  });

  it('takes the end of the body for the end, and says so where nobody else did', async () => {
    respond = () => ({
      headers: { 'content-type': 'text/event-stream' },
      chunks: recorded('omen-hole.sse').slice(0, 3),
    });
    const parts = await run(chat());
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' });
    assert.ok(parts.some((part) => part.type === 'warning' && /may be missing/.test(part.message)));
  });

  it('fails where the body is empty, cut, an error, or no JSON', async () => {
    const chunks = recorded('omen-hole.sse').slice(0, 3);
    const stream = { headers: { 'content-type': 'text/event-stream' } };
    respond = () => ({ ...stream, chunks: [] });
    await assert.rejects(run(call()), { kind: 'network' });
    respond = () => ({ ...stream, chunks, end: 'break' });
    await assert.rejects(run(call()), { kind: 'network' });
    respond = () => ({
      ...stream,
      chunks: [...chunks, 'data: {"error":{"message":"no provider","type":"api_error","code":503}}\n\n'],
    });
    await assert.rejects(run(call()), { kind: 'overloaded' });
    respond = () => ({ ...stream, chunks: [...chunks, 'data: {"choices":[{"del\n\n'] });
    await assert.rejects(run(call()), { kind: 'bad-response' });
    respond = () => ({ status: 503, json: { error: { message: 'No provider', type: 'api_error', code: 503 } } });
    await assert.rejects(run(call()), { kind: 'overloaded', status: 503 });
    respond = () => ({ status: 401 });
    await assert.rejects(run(call()), { kind: 'auth', status: 401 });
  });

  for (const name of ['omen-hole.sse', 'omen-tools.sse']) {
    it(`gives the same parts however the network cuts ${name}`, async () => {
      const whole = new TextEncoder().encode(recorded(name).join(''));
      const read = (pieces: readonly number[]): ReturnType<typeof run> => {
        let at = 0;
        let turn = 0;
        const body = new ReadableStream<Uint8Array>({
          pull(controller) {
            const size = pieces[turn++ % Math.max(1, pieces.length)] ?? whole.length;
            if (at < whole.length) controller.enqueue(whole.slice(at, at + size));
            else controller.close();
            at += size;
          },
        });
        const headers = { 'content-type': 'text/event-stream' };
        return run(chat({}, { fetch: () => Promise.resolve(new Response(body, { headers })) }));
      };
      const expected = await read([]);
      assert.deepEqual(await read([1]), expected);
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }), async (pieces) => {
          assert.deepEqual(await read(pieces), expected);
        }),
        { numRuns: 30 },
      );
    });
  }

  it('closes the connection when it is left or aborted', async () => {
    respond = () => ({
      headers: { 'content-type': 'text/event-stream' },
      chunks: recorded('omen-hole.sse').slice(0, 5),
      end: 'hang',
    });
    for await (const part of omenWire().stream(call())) if (part.type === 'text-delta') break;
    assert.equal(await server.received[0]?.ended, false);
    const abort = new AbortController();
    await assert.rejects(
      async () => {
        for await (const part of omenWire().stream(call({ signal: abort.signal }))) {
          if (part.type === 'text-delta') abort.abort();
        }
      },
      { kind: 'cancelled' },
    );
    assert.equal(await server.received[1]?.ended, false);
  });

  it('is tested by its health and its list of models, the key only where it belongs', async () => {
    respond = ({ path, headers }) =>
      path === '/health'
        ? { json: { status: 'healthy', version: '1', service: 'OMEN' } }
        : headers.authorization === 'Bearer omen-key-1'
          ? { json: { object: 'list', data: [{ id: 'qwen3-coder' }, { id: 'gpt-6-luna' }] } }
          : { status: 401 };
    const probe = (secret: string) =>
      omenWire().probe(
        probeCall(`${server.url}/v1`, { options: OVER_HTTP, credential: credentialOf('api-key', secret) }),
      );
    const good = await probe('omen-key-1');
    assert.deepEqual(
      [good.reachable, good.keyAccepted, good.model, good.models, good.fim, good.problem],
      [true, true, 'qwen3-coder', ['qwen3-coder', 'gpt-6-luna'], { type: 'hole-filler' }, undefined],
    );
    assert.deepEqual(
      server.received.map(({ path }) => path),
      ['/health', '/v1/models'],
    );
    assert.equal((await probe('wrong')).keyAccepted, false);
  });
});
