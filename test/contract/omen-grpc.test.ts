/** OMEN's gRPC against another stack: Debian's grpcio, with messages that Debian's protoc made from our `.proto`. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { create } from '@bufbuild/protobuf';
import { createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { SetupError } from '../../scripts/bootstrap/progress.mjs';
import { run, runOrFail } from '../../scripts/bootstrap/run.mjs';
import { ensureSystemPackages } from '../../scripts/editor/system-packages.ts';
import { credentialOf } from '../../src/router/credential.ts';
import { ChatCompletionRequestSchema, OmenService } from '../../src/router/wire/omen/generated/omen.ts';
import { omenWire } from '../../src/router/wire/omen/omen.ts';
import type { WireCall } from '../../src/router/wire.ts';
import { until } from '../router/router-fixture.ts';
import { collect, probeCall, textOf, wireCall } from '../router/wire/loopback.ts';

const PYTHON = '/usr/bin/python3';
const NEEDS = [
  { debianPackage: 'protobuf-compiler', program: 'protoc' },
  { debianPackage: 'libprotobuf-dev', program: '/usr/include/google/protobuf/struct.proto' },
  { debianPackage: 'python3-grpcio', program: '/usr/lib/python3/dist-packages/grpc/__init__.py' },
  { debianPackage: 'python3-protobuf', program: '/usr/lib/python3/dist-packages/google/protobuf/json_format.py' },
];
// Another apt may be at work for five minutes, and the mirror far away: longer than apt itself waits before it gives up.
const INSTALL_LIMIT_MS = 480_000;

const folder = fileURLToPath(new URL('../../src/router/wire/omen', import.meta.url));
const script = fileURLToPath(new URL('omen-grpc-server.py', import.meta.url));

interface Said {
  readonly port?: number;
  readonly stream?: Readonly<Record<string, unknown>>;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly gone?: boolean;
}

describe('OMEN’s gRPC on another stack', () => {
  let output: string;
  let missing: string | undefined;
  let server: ChildProcess | undefined;
  let said: Said[];

  before(async function () {
    this.timeout(INSTALL_LIMIT_MS);
    output = mkdtempSync(join(tmpdir(), 'reaper-omen-'));
    try {
      await ensureSystemPackages(NEEDS, 'the test of OMEN’s gRPC against another stack');
      await runOrFail('protoc', 'protoc', [`--proto_path=${folder}`, `--python_out=${output}`, 'omen.proto']);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      missing = error.message.split('\n')[0];
    }
  });

  beforeEach(function () {
    if (missing === undefined) return;
    if (this.currentTest !== undefined) this.currentTest.title += ` (skipped: ${missing})`;
    this.skip();
  });

  afterEach(async () => {
    const { exitCode = 0 } = server ?? {};
    if (server !== undefined && exitCode === null) {
      const closed = new Promise((resolve) => server?.once('exit', resolve));
      server.stdin?.end();
      await closed;
    }
    server = undefined;
  });

  after(() => rmSync(output, { recursive: true }));

  async function start(service: 'OmenService' | 'ChatService'): Promise<string> {
    said = [];
    const child = spawn(PYTHON, [script, output, service], { stdio: ['pipe', 'pipe', 'inherit'] });
    server = child;
    createInterface({ input: child.stdout }).on('line', (line) => said.push(JSON.parse(line) as Said));
    await until(() => said.length > 0 || child.exitCode !== null);
    const port = said[0]?.port;
    assert.ok(port !== undefined, 'the server did not start');
    return `http://127.0.0.1:${port}`;
  }

  /** What the server has got; its own line about it may come later than its answer. */
  async function lastAsked(): Promise<Said> {
    await until(() => said.at(-1)?.stream !== undefined);
    return said.at(-1) ?? {};
  }

  const call = (url: string, over: Partial<WireCall> = {}): WireCall =>
    wireCall('http://127.0.0.1:1/v1', {
      model: 'qwen3-coder',
      options: { transport: 'grpc', grpcUrl: url, upstreams: '' },
      fim: { type: 'hole-filler' },
      ...over,
    });

  for (const service of ['OmenService', 'ChatService'] as const) {
    it(`fills a hole through ${service}`, async () => {
      const url = await start(service);
      const asked = call(url, {
        credential: credentialOf('api-key', 'omen-key-1'),
        routing: { strategy: 'race', k: 2 },
      });
      const parts = await collect(omenWire().stream(asked));
      assert.equal(textOf(parts), 'th * height');
      assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'stop' });
      const { stream, metadata } = await lastAsked();
      assert.deepEqual(
        { ...stream, messages: undefined },
        {
          model: 'qwen3-coder',
          messages: undefined,
          max_tokens: 80,
          stop: ['</completion>'],
          stream: true,
          metadata: {
            'omen.strategy': 'race',
            'omen.k': '2',
            'omen.max_latency_ms': '600000',
            'tags.source': 'reaper',
            'tags.intent': 'code',
            'tags.priority': 'low-latency',
            'tags.language': 'typescript',
          },
        },
      );
      assert.equal(metadata?.['authorization'], 'Bearer omen-key-1');
      const probed = await omenWire().probe(probeCall('http://127.0.0.1:1/v1', { options: asked.options }));
      assert.deepEqual([probed.reachable, probed.models, probed.problem], [true, ['qwen3-coder'], undefined]);
    });
  }

  it('carries tools both ways, with every kind of value', async () => {
    const url = await start('OmenService');
    const json = '{"path":"größe.ts","n":[1,2.5,-3],"deep":{"yes":true,"no":null}}';
    const parts = await collect(
      omenWire().stream(
        call(url, {
          model: 'tools',
          purpose: 'agent',
          input: {
            type: 'chat',
            messages: [
              { role: 'user', content: [{ type: 'text', text: 'Größe? 📐' }] },
              { role: 'assistant', content: [{ type: 'tool-call', id: 'c0', name: 'read_file', json }] },
              {
                role: 'tool',
                content: [
                  {
                    type: 'tool-result',
                    toolCallId: 'c0',
                    toolName: 'read_file',
                    content: [{ type: 'text', text: 'x' }],
                    isError: false,
                  },
                ],
              },
            ],
            tools: [{ name: 'read_file', description: 'Reads.', inputSchema: { type: 'object', required: ['path'] } }],
            toolChoice: { name: 'read_file' },
          },
        }),
      ),
    );
    const sent = (await lastAsked()).stream as unknown as {
      messages: { tool_calls?: { function: { parameters: unknown } }[] }[];
      tools: unknown;
      tool_choice_function: unknown;
    };
    assert.deepEqual(sent.messages[1]?.tool_calls?.[0]?.function.parameters, JSON.parse(json));
    assert.deepEqual(sent.tools, [
      {
        type: 'function',
        function: {
          name: 'read_file',
          description: 'Reads.',
          parameters: { type: 'object', required: ['path'] },
        },
      },
    ]);
    assert.deepEqual(sent.tool_choice_function, { type: 'function', function: { name: 'read_file' } });
    const written = parts.flatMap((part) => (part.type === 'tool-call-delta' ? [part.json] : [])).join('');
    assert.deepEqual(JSON.parse(written), { path: 'größe.ts', lines: [1, 2], deep: { yes: true, no: null } });
    assert.equal(textOf(parts), 'Größe 📐: ');
    assert.deepEqual(parts.at(-1), { type: 'finish', reason: 'tool-calls' });
  });

  it('fails as the server fails, and leaves it when it is left', async () => {
    const url = await start('OmenService');
    const wire = omenWire();
    await assert.rejects(collect(wire.stream(call(url, { model: 'exhausted' }))), { kind: 'rate-limit' });
    await assert.rejects(collect(wire.stream(call(url, { model: 'breaks' }))), { kind: 'overloaded' });
    for await (const part of wire.stream(call(url, { model: 'hangs' }))) if (part.type === 'text-delta') break;
    await until(() => said.filter(({ gone }) => gone === true).length === 1);
    const abort = new AbortController();
    await assert.rejects(
      async () => {
        for await (const part of wire.stream(call(url, { model: 'hangs', signal: abort.signal }))) {
          if (part.type === 'text-delta') abort.abort();
        }
      },
      { kind: 'cancelled' },
    );
    await until(() => said.filter(({ gone }) => gone === true).length === 2);
  });

  it('exchanges every message of the contract', async () => {
    const client = createClient(OmenService, createGrpcTransport({ baseUrl: await start('OmenService') }));
    const whole = await client.chatCompletion(create(ChatCompletionRequestSchema, { model: 'm', temperature: 0.5 }));
    assert.equal(whole.created, 2n ** 40n);
    assert.deepEqual(
      [
        whole.model,
        whole.choices[0]?.message?.content,
        whole.choices[0]?.message?.toolCallId,
        whole.usage?.totalTokens,
      ],
      ['m', 'whole', 't', 7],
    );
    const { data } = await client.listModels({});
    assert.deepEqual(
      [data[0]?.provider, data[0]?.contextLength, data[0]?.pricing?.inputPer1k, data[0]?.capabilities?.functions],
      ['ollama', 262_144, 0.25, true],
    );
    const health = await client.healthCheck({});
    assert.deepEqual(
      [health.status, health.providersAvailable, health.providerHealth],
      ['healthy', 1, { ollama: true }],
    );
    const { providers } = await client.getProviderStatus({});
    assert.deepEqual([providers[0]?.healthy, providers[0]?.modelsCount, providers[0]?.lastError], [false, 2, 'busy']);
  });

  it('is in the code what it is in the .proto', async () => {
    const plugin = fileURLToPath(new URL('../../node_modules/.bin/protoc-gen-es', import.meta.url));
    const args = [
      `--proto_path=${folder}`,
      `--plugin=protoc-gen-es=${plugin}`,
      `--es_out=${output}`,
      '--es_opt=target=ts',
    ];
    const made = await run('protoc', [...args, 'omen.proto']);
    assert.equal(made.exitCode, 0, made.output);
    const committed = readFileSync(join(folder, 'generated', 'omen.ts'), 'utf8');
    assert.equal(committed, readFileSync(join(output, 'omen_pb.ts'), 'utf8'));
  });
});
