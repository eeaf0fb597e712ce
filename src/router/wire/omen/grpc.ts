/** OMEN over gRPC. Node's HTTP/2 carries it, so proxies do not; the egress policy is asked all the same. */
import {
  create,
  type DescMessage,
  fromJson,
  type JsonValue,
  type MessageShape,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { ValueSchema, type Value } from '@bufbuild/protobuf/wkt';
import { type Client, createClient, type Transport } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { forkAbort } from '../../../base/abort.ts';
import type { StreamPart } from '../../stream-part.ts';
import type { CountedExchange, ProbeCall, WireCall } from '../../wire.ts';
import { answer } from '../answer.ts';
import { serverUrl } from '../base-url.ts';
import { asRecord, type JsonRecord, listAt, parseJson, recordAt, textAt } from '../json.ts';
import type { ServerEvent } from '../server-events.ts';
import { addUserHeaders } from '../transport.ts';
import { omenChat, omenParts } from './chat.ts';
import {
  type ChatCompletionChunk,
  ChatCompletionChunkSchema,
  type ChatCompletionRequest,
  ChatCompletionRequestSchema,
  ChatService,
  HealthCheckRequestSchema,
  HealthCheckResponseSchema,
  ListModelsRequestSchema,
  ListModelsResponseSchema,
  OmenService,
} from './generated/omen.ts';
import { grpcError, isUnimplemented } from './grpc-errors.ts';
import { omenMetadata } from './hints.ts';

export interface OmenGrpc {
  stream(call: WireCall, url: string): AsyncGenerator<StreamPart, void, undefined>;
  /** What is wrong, or `undefined`. Throws where nobody answers. */
  health(call: ProbeCall, url: string): Promise<string | undefined>;
  models(call: ProbeCall, url: string): Promise<readonly string[]>;
}

type Service = Client<typeof OmenService>;
type Line = Pick<ProbeCall, 'credential' | 'headers' | 'baseUrl'>;

// Ghost text asks every few seconds while somebody types; afterwards the connection is of no use.
const IDLE_MS = 60_000;
// As for an event over HTTP.
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
// gRPC's own frame around each message.
const FRAME_BYTES = 5;

export function createOmenGrpc(): OmenGrpc {
  const transports = new Map<string, Transport>();
  /** Addresses that know the service by its older name only. */
  const aliased = new Set<string>();

  function transportTo(url: string): Transport {
    const baseUrl = serverUrl(url, '').origin;
    let transport = transports.get(baseUrl);
    if (transport === undefined) {
      transport = createGrpcTransport({
        baseUrl,
        readMaxBytes: MAX_MESSAGE_BYTES,
        sessionManager: new Http2SessionManager(baseUrl, { idleConnectionTimeoutMs: IDLE_MS }),
      });
      transports.set(baseUrl, transport);
    }
    return transport;
  }

  /** By the one name or, where that is not known, by the other. */
  async function withService<T>(url: string, use: (service: Service) => Promise<T>): Promise<T> {
    const transport = transportTo(url);
    const alias: Service = createClient(ChatService, transport);
    if (aliased.has(url)) return use(alias);
    try {
      return await use(createClient(OmenService, transport));
    } catch (error) {
      if (!isUnimplemented(error)) throw error;
      const result = await use(alias);
      aliased.add(url);
      return result;
    }
  }

  async function ask<I extends DescMessage, O extends DescMessage>(
    call: ProbeCall,
    url: string,
    schemas: readonly [I, O],
    method: (service: Service, message: MessageShape<I>, options: CallOptions) => Promise<MessageShape<O>>,
  ): Promise<MessageShape<O>> {
    const exchange = call.exchange(url);
    try {
      const message = create(schemas[0]);
      exchange.sent(sizeOf(schemas[0], message));
      const result = await withService(url, (service) => method(service, message, optionsOf(call, call.signal)));
      exchange.received(sizeOf(schemas[1], result));
      exchange.end(200);
      return result;
    } catch (error) {
      exchange.end();
      throw grpcError(error, { ...call, baseUrl: url });
    }
  }

  return {
    stream(call, url) {
      const target = { ...call, baseUrl: url };
      const { request, shape } = requestOf(call);
      return answer(target, omenParts(eventsOf(call, url, request, withService), target), shape);
    },
    async health(call, url) {
      const schemas = [HealthCheckRequestSchema, HealthCheckResponseSchema] as const;
      const { status } = await ask(call, url, schemas, (service, message, options) =>
        service.healthCheck(message, options),
      );
      return status === '' || status === 'healthy' ? undefined : `OMEN says that it is ${status}.`;
    },
    async models(call, url) {
      const schemas = [ListModelsRequestSchema, ListModelsResponseSchema] as const;
      const { data } = await ask(call, url, schemas, (service, message, options) =>
        service.listModels(message, options),
      );
      return data.map(({ id }) => id);
    },
  };
}

interface CallOptions {
  readonly headers: Headers;
  readonly signal: AbortSignal;
}

function optionsOf({ credential, headers, baseUrl }: Line, signal: AbortSignal): CallOptions {
  const sent = new Headers(credential === undefined ? {} : { authorization: `Bearer ${credential.secret}` });
  addUserHeaders(sent, { headers, baseUrl });
  return { headers: sent, signal };
}

/** The chunks as the events of the HTTP stream, so that one reader knows all of OMEN's ways. */
async function* eventsOf(
  call: WireCall,
  url: string,
  request: ChatCompletionRequest,
  withService: <T>(url: string, use: (service: Service) => Promise<T>) => Promise<T>,
): AsyncGenerator<ServerEvent, void, undefined> {
  // Leaving the loop must reach the server, wherever it is left.
  const fork = forkAbort(call.signal);
  const exchange: CountedExchange = call.exchange(url);
  const tools = new Map<string, { readonly name: string; readonly arguments: Record<string, JsonValue> }>();
  try {
    exchange.sent(sizeOf(ChatCompletionRequestSchema, request));
    const { first, rest } = await withService(url, async (service) => {
      const chunks = service.streamChatCompletion(request, optionsOf(call, fork.signal))[Symbol.asyncIterator]();
      // Only now is it known whether the service is there.
      return { first: await chunks.next(), rest: chunks };
    });
    for (let next = first; next.done !== true; next = await rest.next()) {
      exchange.received(sizeOf(ChatCompletionChunkSchema, next.value));
      collectTools(next.value, tools);
      yield eventOf(next.value, tools);
    }
    if (tools.size > 0)
      yield { event: undefined, data: JSON.stringify({ choices: [{ delta: { tool_calls: toolCalls(tools) } }] }) };
    exchange.end(200);
  } catch (error) {
    throw grpcError(error, { ...call, baseUrl: url });
  } finally {
    exchange.end();
    fork.abort();
    fork.dispose();
  }
}

type OpenTools = Map<string, { readonly name: string; readonly arguments: Record<string, JsonValue> }>;

/** Arguments come as the function's parameters, whole or a few at a time; they are passed on when the answer ends. */
function collectTools({ choices }: ChatCompletionChunk, tools: OpenTools): void {
  for (const call of choices[0]?.delta?.toolCalls ?? []) {
    const id = call.id === '' ? ([...tools.keys()].at(-1) ?? 'call_0') : call.id;
    const known = tools.get(id) ?? { name: call.function?.name ?? '', arguments: {} };
    for (const [name, value] of Object.entries(call.function?.parameters ?? {})) {
      known.arguments[name] = toJson(ValueSchema, value);
    }
    tools.set(id, known);
  }
}

function eventOf({ choices }: ChatCompletionChunk, tools: OpenTools): ServerEvent {
  const [choice] = choices;
  const finish = choice?.finishReason;
  const calls = finish === undefined || finish === '' ? [] : toolCalls(tools);
  const delta = { content: choice?.delta?.content ?? '', ...(calls.length === 0 ? {} : { tool_calls: calls }) };
  return { event: undefined, data: JSON.stringify({ choices: [{ delta, finish_reason: finish ?? null }] }) };
}

function toolCalls(tools: OpenTools): readonly object[] {
  const calls = [...tools].map(([id, { name, arguments: values }], index) => ({
    index,
    id,
    type: 'function',
    function: { name, arguments: JSON.stringify(values) },
  }));
  tools.clear();
  return calls;
}

function requestOf(call: WireCall): {
  readonly request: ChatCompletionRequest;
  readonly shape: Parameters<typeof answer>[2];
} {
  // A message's content is text here and nothing else.
  const { messages, maxTokens, stops, tools, forcedTool, shape } = omenChat(call, false);
  const request = create(ChatCompletionRequestSchema, {
    model: call.model,
    messages: messages.map((message) => ({
      role: textAt(message, 'role') ?? '',
      content: textAt(message, 'content') ?? '',
      toolCalls: listAt(message, 'tool_calls').map((toolCall) => ({
        id: textAt(toolCall, 'id') ?? '',
        type: 'function',
        function: {
          name: textAt(recordAt(toolCall, 'function'), 'name') ?? '',
          parameters: valuesOf(asRecord(parseJson(textAt(recordAt(toolCall, 'function'), 'arguments') ?? '')) ?? {}),
        },
      })),
      ...(textAt(message, 'tool_call_id') === undefined ? {} : { toolCallId: textAt(message, 'tool_call_id') ?? '' }),
    })),
    maxTokens,
    stop: [...stops],
    stream: true,
    tools: tools.map(({ name, description, inputSchema }) => ({
      type: 'function',
      function: { name, description, parameters: valuesOf(inputSchema) },
    })),
    metadata: { ...omenMetadata(call) },
    ...(call.limits.temperature === undefined ? {} : { temperature: call.limits.temperature }),
    ...(forcedTool === undefined
      ? {}
      : {
          toolChoice: {
            case: 'toolChoiceFunction' as const,
            value: { type: 'function', function: { name: forcedTool } },
          },
        }),
  });
  return { request, shape };
}

function valuesOf(record: JsonRecord): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, fromJson(ValueSchema, (value ?? null) as JsonValue)]),
  );
}

function sizeOf<D extends DescMessage>(schema: D, message: MessageShape<D>): number {
  return toBinary(schema, message).length + FRAME_BYTES;
}
