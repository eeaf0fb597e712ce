/** Bedrock: what is asked, what comes of its binary stream, and what is left of the AWS SDK's own ways. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { ReaperError } from '../../../src/base/errors.ts';
import { credentialOf } from '../../../src/router/credential.ts';
import type { ChatInput } from '../../../src/router/model-request.ts';
import { bedrockWire } from '../../../src/router/wire/bedrock.ts';
import type { WireCall } from '../../../src/router/wire.ts';
import { eventFrame, recordedFrames } from './event-frames.ts';
import {
  bodyOf,
  collect,
  gate,
  type Loopback,
  otherFile,
  probeCall,
  type Reply,
  type Responder,
  startLoopback,
  hole,
  textOf,
  wireCall,
} from './loopback.ts';

const KEY = 'bedrock-api-key-0123456789';
const MODEL = 'us.anthropic.claude-haiku-5-5';
const EVENT_STREAM = { 'content-type': 'application/vnd.amazon.eventstream' };
const holeFrames = recordedFrames('bedrock-hole.frames');
const toolFrames = recordedFrames('bedrock-tools.frames');

function framesReply(frames: readonly Buffer[], rest: Partial<Reply> = {}): Reply {
  return { headers: EVENT_STREAM, chunks: frames, ...rest };
}

function refusal(status: number, message: string, type = 'ValidationException'): Reply {
  return { status, headers: { 'x-amzn-errortype': `${type}:http://internal.amazon.com/` }, json: { message } };
}

describe('the bedrock wire', () => {
  let server: Loopback;
  let respond: Responder;

  beforeEach(async () => {
    respond = () => framesReply(holeFrames);
    server = await startLoopback((request) => respond(request));
  });

  afterEach(() => server.close());

  const call = (over: Partial<WireCall> = {}): WireCall =>
    wireCall(server.url, {
      model: MODEL,
      credential: credentialOf('api-key', KEY),
      options: { region: 'eu-central-1', profile: '' },
      fim: { type: 'hole-filler' },
      ...over,
    });
  const chat = (input: Partial<ChatInput> = {}, over: Partial<WireCall> = {}): WireCall =>
    call({
      purpose: 'chat',
      input: { type: 'chat', messages: [{ role: 'user', content: [{ type: 'text', text: 'hello' }] }], ...input },
      ...over,
    });
  const run = (of: WireCall): ReturnType<typeof collect> => collect(bedrockWire({ order: 'suffix-first' }).stream(of));

  it('fills a hole, with a mark for the cache behind the other files, and counts what was cached', async () => {
    const parts = await run(call({ input: { ...hole, snippets: [otherFile] } }));
    assert.equal(textOf(parts), 'th * height');
    assert.deepEqual(parts.slice(-2), [
      {
        type: 'usage',
        usage: {
          inputUncached: 10,
          inputCacheRead: 100,
          inputCacheWrite: 20,
          output: 12,
          reasoning: 0,
          estimated: false,
        },
      },
      { type: 'finish', reason: 'stop' },
    ]);
    const [request] = server.received;
    assert.equal(request?.path, `/model/${MODEL}/converse-stream`);
    assert.equal(request?.headers.authorization, `Bearer ${KEY}`);
    const body = bodyOf(request);
    assert.deepEqual(body['inferenceConfig'], { maxTokens: 80, stopSequences: ['</completion>'] });
    assert.deepEqual(body['additionalModelRequestFields'], { thinking: { type: 'disabled' } });
    assert.deepEqual((body['messages'] as [{ content: unknown[] }])[0].content[1], { cachePoint: { type: 'default' } });
  });

  it('tells Amazon nothing about this machine', async () => {
    await run(call());
    const headers = JSON.stringify(server.received[0]?.headers);
    assert.doesNotMatch(headers, /aws-sdk|linux|darwin|win32|nodejs/i);
  });

  it('sends a conversation with tools, images, thoughts and results, each in its block', async () => {
    respond = () => framesReply(toolFrames);
    const parts = await run(
      chat(
        {
          system: 'Be brief.',
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text: 'read' },
                { type: 'image', mediaType: 'image/png', data: 'iVBORw==' },
              ],
            },
            {
              role: 'assistant',
              content: [
                { type: 'reasoning', text: 'hm', origin: { providerId: 'bedrock', signature: 'c2ln' } },
                { type: 'tool-call', id: 't1', name: 'read_file', json: '{"path":"a"}' },
              ],
            },
            {
              role: 'tool',
              content: [
                {
                  type: 'tool-result',
                  toolCallId: 't1',
                  toolName: 'read_file',
                  content: [{ type: 'text', text: 'x' }],
                  isError: true,
                },
              ],
            },
            { role: 'user', content: [{ type: 'text', text: 'again' }] },
          ],
          tools: [{ name: 'read_file', description: 'Reads.', inputSchema: { type: 'object', properties: {} } }],
          toolChoice: 'required',
        },
        { limits: { maxOutputTokens: 500, stop: ['\n\n'], temperature: 0.2, reasoning: 'high' } },
      ),
    );
    assert.deepEqual(bodyOf(server.received[0]), {
      system: [{ text: 'Be brief.' }, { cachePoint: { type: 'default' } }],
      messages: [
        { role: 'user', content: [{ text: 'read' }, { image: { format: 'png', source: { bytes: 'iVBORw==' } } }] },
        {
          role: 'assistant',
          content: [
            { reasoningContent: { reasoningText: { text: 'hm', signature: 'c2ln' } } },
            { toolUse: { toolUseId: 't1', name: 'read_file', input: { path: 'a' } } },
          ],
        },
        {
          role: 'user',
          content: [
            { toolResult: { toolUseId: 't1', content: [{ text: 'x' }], status: 'error' } },
            { text: 'again' },
            { cachePoint: { type: 'default' } },
          ],
        },
      ],
      toolConfig: {
        tools: [
          {
            toolSpec: {
              name: 'read_file',
              description: 'Reads.',
              inputSchema: { json: { type: 'object', properties: {} } },
            },
          },
        ],
        toolChoice: { any: {} },
      },
      inferenceConfig: { maxTokens: 500, temperature: 0.2 },
      additionalModelRequestFields: { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
    });
    assert.deepEqual(parts, [
      { type: 'reasoning-delta', text: 'They want ' },
      { type: 'reasoning-delta', text: 'größe 📐.' },
      { type: 'reasoning-end', signature: 'c2lnbmVk' },
      { type: 'text-delta', text: 'I read it.' },
      { type: 'tool-call-start', id: 'tooluse_1', name: 'read_file' },
      { type: 'tool-call-delta', id: 'tooluse_1', json: '{"path": "src' },
      { type: 'tool-call-delta', id: 'tooluse_1', json: '/a.ts"}' },
      { type: 'tool-call-end', id: 'tooluse_1' },
      {
        type: 'usage',
        usage: { inputUncached: 40, inputCacheRead: 0, inputCacheWrite: 0, output: 30, reasoning: 0, estimated: false },
      },
      { type: 'finish', reason: 'tool-calls' },
    ]);
  });

  it('tells the history of tools as text where no tool may be called', async () => {
    await run(
      chat({
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'read' }] },
          { role: 'assistant', content: [{ type: 'tool-call', id: 't1', name: 'read_file', json: '{}' }] },
          {
            role: 'tool',
            content: [{ type: 'tool-result', toolCallId: 't1', toolName: 'read_file', content: [], isError: false }],
          },
        ],
        toolChoice: 'none',
      }),
    );
    const sent = server.received[0]?.text ?? '';
    assert.match(sent, /calls read_file/);
    assert.doesNotMatch(sent, /toolUse|toolResult|toolConfig/);
  });

  it('leaves out what a model refuses by name, says so, and remembers it', async () => {
    respond = ({ text }) =>
      text.includes('"temperature"')
        ? refusal(400, 'The model returned the following errors: temperature is deprecated for this model.')
        : text.includes('"toolChoice"')
          ? refusal(400, 'tool_choice forces tool use, which this model does not take.')
          : framesReply(toolFrames);
    const wire = bedrockWire({ order: 'suffix-first' });
    const asked = chat(
      { tools: [{ name: 'a', description: '', inputSchema: { type: 'object' } }], toolChoice: { name: 'a' } },
      { limits: { maxOutputTokens: 5, stop: [], temperature: 1 } },
    );
    const first = await collect(wire.stream(asked));
    assert.equal(server.received.length, 3);
    assert.equal(first.filter(({ type }) => type === 'warning').length, 2);
    const second = await collect(wire.stream(asked));
    assert.equal(server.received.length, 4);
    assert.deepEqual(second, first);
  });

  it('gives the same parts however the network cuts the stream', async () => {
    const whole = Buffer.concat(toolFrames);
    const read = (pieces: readonly number[]): ReturnType<typeof run> => {
      let at = 0;
      let turn = 0;
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          const size = pieces[turn++ % Math.max(1, pieces.length)] ?? whole.length;
          if (at < whole.length) controller.enqueue(new Uint8Array(whole.subarray(at, at + size)));
          else controller.close();
          at += size;
        },
      });
      return run(chat({}, { fetch: () => Promise.resolve(new Response(body, { headers: EVENT_STREAM })) }));
    };
    const expected = await read([]);
    assert.deepEqual(await read([1]), expected);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), async (pieces) => {
        assert.deepEqual(await read(pieces), expected);
      }),
      { numRuns: 30 },
    );
  });

  const exceptions = [
    ['throttlingException', 'rate-limit'],
    ['modelStreamErrorException', 'overloaded'],
    ['internalServerException', 'overloaded'],
    ['serviceUnavailableException', 'overloaded'],
    ['validationException', 'bad-response'],
  ] as const;
  for (const [name, kind] of exceptions) {
    it(`fails with ${kind} when the stream says ${name}, first or later`, async () => {
      const frame = eventFrame(name, { message: `no (${name})`, originalMessage: 'no' }, 'exception');
      for (const before of [0, 3]) {
        respond = () => framesReply([...holeFrames.slice(0, before), frame]);
        await assert.rejects(run(call()), (error: ReaperError) => error.kind === kind && /no/.test(error.message));
      }
    });
  }

  it('says that a prompt is too long, wherever it learns it', async () => {
    const message = 'Input is too long: the prompt exceeds the maximum context length';
    respond = () => framesReply([eventFrame('validationException', { message }, 'exception')]);
    await assert.rejects(run(call()), { kind: 'too-long' });
    respond = () => refusal(400, message);
    await assert.rejects(run(call()), { kind: 'too-long' });
  });

  const answers: readonly (readonly [string, Reply, string])[] = [
    ['a quota', refusal(400, 'Too many', 'ServiceQuotaExceededException'), 'quota'],
    ['a rate', refusal(429, 'Too many requests', 'ThrottlingException'), 'rate-limit'],
    ['a model that failed', refusal(424, 'Model error', 'ModelErrorException'), 'overloaded'],
    ['a model that is late', refusal(408, 'Late', 'ModelTimeoutException'), 'timeout'],
    ['a model that nobody knows', refusal(400, 'The provided model identifier is invalid.'), 'invalid-config'],
    ['a key that is wrong', refusal(403, 'Bad key', 'AccessDeniedException'), 'auth'],
    ['a busy server', refusal(503, 'Busy', 'ServiceUnavailableException'), 'overloaded'],
  ];
  for (const [name, reply, kind] of answers) {
    it(`tells ${name} from the rest`, async () => {
      respond = () => reply;
      await assert.rejects(run(call()), { kind });
      assert.equal(server.received.length, 1);
    });
  }

  it('believes no frame its length, and no frame with a wrong checksum', async () => {
    for (const [index, value] of [
      [0, 0x7f],
      [0, 0],
      [9, 1],
      [40, 1],
    ] as const) {
      const [first = Buffer.alloc(0), ...rest] = holeFrames;
      const broken = Buffer.from(first);
      if (index === 0) broken.writeUInt32BE(value === 0 ? 3 : 0x7fffffff, 0);
      else broken.writeUInt8(broken.readUInt8(index) ^ value, index);
      respond = () => framesReply([broken, ...rest]);
      await assert.rejects(run(call()), { kind: 'bad-response' });
    }
  });

  it('closes the connection when it is left, aborted or cut', async () => {
    const halfway = (end: Reply['end']) => (): Reply =>
      framesReply(holeFrames.slice(0, 4), end === undefined ? {} : { end });
    respond = halfway('hang');
    for await (const part of bedrockWire({ order: 'suffix-first' }).stream(call())) {
      if (part.type === 'text-delta') break;
    }
    assert.equal(await server.received[0]?.ended, false);

    const abort = new AbortController();
    await assert.rejects(
      async () => {
        for await (const part of bedrockWire({ order: 'suffix-first' }).stream(call({ signal: abort.signal }))) {
          if (part.type === 'text-delta') abort.abort();
        }
      },
      { kind: 'cancelled' },
    );
    assert.equal(await server.received[1]?.ended, false);

    const hold = gate();
    respond = () => framesReply([], { after: hold.opened });
    const early = new AbortController();
    const waiting = assert.rejects(run(call({ signal: early.signal })), { kind: 'cancelled' });
    while (server.received.length < 3) await new Promise((resolve) => setImmediate(resolve));
    early.abort();
    await waiting;
    hold.open();

    respond = halfway('end');
    await assert.rejects(run(call()), { kind: 'network' });
    respond = halfway('break');
    await assert.rejects(run(call()), { kind: 'network' });
  });

  describe('without a key', () => {
    const before = { ...process.env };
    let folder: string;

    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'reaper-aws-'));
      for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
      process.env['AWS_CONFIG_FILE'] = join(folder, 'config');
      process.env['AWS_SHARED_CREDENTIALS_FILE'] = join(folder, 'credentials');
      process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
    });

    afterEach(() => {
      for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
      Object.assign(process.env, before);
      rmSync(folder, { recursive: true });
    });

    const unsigned = (over: Partial<WireCall> = {}): WireCall => call({ credential: undefined, ...over });

    it('signs with the credentials of the environment or of the named profile', async () => {
      process.env['AWS_ACCESS_KEY_ID'] = 'AKIDENVIRONMENT';
      process.env['AWS_SECRET_ACCESS_KEY'] = 'secret-of-the-environment';
      assert.equal(textOf(await run(unsigned())), 'th * height');
      assert.match(
        server.received[0]?.headers.authorization ?? '',
        /^AWS4-HMAC-SHA256 Credential=AKIDENVIRONMENT\/\d{8}\/eu-central-1\/bedrock\/aws4_request/,
      );
      writeFileSync(
        join(folder, 'credentials'),
        '[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = secret-of-work\naws_session_token = token-of-work\n',
      );
      await run(unsigned({ options: { region: 'us-east-1', profile: 'work' } }));
      assert.match(server.received[1]?.headers.authorization ?? '', /Credential=AKIDWORK\/\d{8}\/us-east-1/);
      assert.equal(server.received[1]?.headers['x-amz-security-token'], 'token-of-work');
    });

    it('says what to do where there are none, and sends nothing', async () => {
      await assert.rejects(run(unsigned()), (error: ReaperError) => {
        assert.equal(error.kind, 'auth');
        assert.match(error.message, /Set API Key.*aws sso login/);
        return true;
      });
      assert.equal(server.received.length, 0);
    });

    it('repeats no part of a signed request that Amazon quotes', async () => {
      process.env['AWS_ACCESS_KEY_ID'] = 'AKIDENVIRONMENT';
      process.env['AWS_SECRET_ACCESS_KEY'] = 'secret-of-the-environment';
      process.env['AWS_SESSION_TOKEN'] = 'session-token-0123456789';
      respond = ({ headers }) =>
        refusal(
          403,
          `The signature does not match, ${String(headers['x-amz-security-token'])}. The Canonical String for this request should have been 'POST ${headers.authorization ?? ''}'`,
          'InvalidSignatureException',
        );
      await assert.rejects(run(unsigned()), (error: ReaperError) => {
        assert.equal(error.kind, 'auth');
        assert.doesNotMatch(error.message, /session-token|AKID|Canonical/);
        assert.match(error.message, /signature does not match.*/);
        return true;
      });
    });

    /** Answers everybody but the server of this test; gives the hosts that were asked. */
    async function hostsAsked(profile: string, reply: Response): Promise<readonly string[]> {
      const asked: string[] = [];
      const own = new URL(server.url).host;
      const parts = await run(
        unsigned({
          options: { region: 'us-east-1', profile },
          fetch: (input, init) => {
            const { host } = new URL(input instanceof Request ? input.url : String(input));
            asked.push(host === own ? 'bedrock' : host);
            return host === own ? globalThis.fetch(input, init) : Promise.resolve(reply);
          },
        }),
      );
      assert.equal(textOf(parts), 'th * height');
      return asked;
    }

    it('asks the servers of sessions and roles by the means of the call', async () => {
      process.env['HOME'] = folder;
      writeFileSync(
        join(folder, 'config'),
        `[profile sso]
sso_session = corp
sso_account_id = 1
sso_role_name = dev
region = us-east-1
[sso-session corp]
sso_region = us-east-1
sso_start_url = https://corp.example/start
[profile role]
role_arn = arn:aws:iam::123456789012:role/dev
source_profile = base
region = us-east-1
[profile base]
aws_access_key_id = AKIDBASE
aws_secret_access_key = secret-of-base
`,
      );
      const cache = join(folder, '.aws', 'sso', 'cache');
      mkdirSync(cache, { recursive: true });
      const token = { accessToken: 'sso-token', expiresAt: '2999-01-01T00:00:00Z', region: 'us-east-1' };
      writeFileSync(join(cache, `${createHash('sha1').update('corp').digest('hex')}.json`), JSON.stringify(token));
      const roleCredentials = { accessKeyId: 'AKIDSSO', secretAccessKey: 's', sessionToken: 't', expiration: 4e12 };
      assert.deepEqual(await hostsAsked('sso', Response.json({ roleCredentials })), [
        'portal.sso.us-east-1.amazonaws.com',
        'bedrock',
      ]);
      const role =
        '<AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration>';
      const xml = `<AssumeRoleResponse><AssumeRoleResult><Credentials>${role}</Credentials></AssumeRoleResult></AssumeRoleResponse>`;
      assert.deepEqual(await hostsAsked('role', new Response(xml)), ['sts.us-east-1.amazonaws.com', 'bedrock']);
      assert.match(server.received[1]?.headers.authorization ?? '', /Credential=AKIDROLE/);
    });
  });

  it('is tested without a token: how nothing is refused tells what is right', async () => {
    const probe = (reply: Reply, model: string | undefined = MODEL) => {
      respond = () => reply;
      return bedrockWire({ order: 'suffix-first' }).probe(
        probeCall(server.url, {
          model,
          credential: credentialOf('api-key', KEY),
          options: { region: 'us-east-1', profile: '' },
        }),
      );
    };
    const good = await probe(refusal(400, 'messages must not be empty'));
    assert.equal(server.received[0]?.path, `/model/${MODEL}/converse`);
    assert.deepEqual(
      [good.reachable, good.keyAccepted, good.modelPresent, good.problem, good.models],
      [true, true, true, undefined, [MODEL]],
    );
    const wrongKey = await probe(refusal(403, 'no', 'AccessDeniedException'));
    assert.deepEqual([wrongKey.reachable, wrongKey.keyAccepted], [true, false]);
    const wrongModel = await probe(refusal(400, 'The provided model identifier is invalid.'));
    assert.equal(wrongModel.modelPresent, false);
  });
});
