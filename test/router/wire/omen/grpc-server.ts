/** A gRPC server of OMEN's contract in this process, that answers as a test says and tells what it was asked. */
import { createServer, type Http2Server, type ServerHttp2Session } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { fromJson, type JsonValue, type MessageInitShape, toJson } from '@bufbuild/protobuf';
import type { ConnectRouter, HandlerContext } from '@connectrpc/connect';
import { connectNodeAdapter } from '@connectrpc/connect-node';
import {
  type ChatCompletionChunkSchema,
  type ChatCompletionRequest,
  ChatCompletionRequestSchema,
  ChatService,
  ListModelsResponseSchema,
  OmenService,
} from '../../../../src/router/wire/omen/generated/omen.ts';

export type Chunk = MessageInitShape<typeof ChatCompletionChunkSchema>;

export interface Asked {
  readonly request: JsonValue;
  readonly headers: Headers;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

export interface GrpcServer {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Connections that were opened so far. */
  readonly connections: number;
  close(): Promise<void>;
}

export interface GrpcScript {
  readonly services: readonly ('omen' | 'chat')[];
  readonly status?: string;
  readonly chunks: (asked: Asked) => AsyncIterable<Chunk>;
}

export async function startGrpcServer(script: GrpcScript): Promise<GrpcServer> {
  const asked: Asked[] = [];
  const methods = {
    healthCheck: () => ({ status: script.status ?? 'healthy', version: '1' }),
    listModels: () => fromJson(ListModelsResponseSchema, { object: 'list', data: [{ id: 'qwen3-coder' }] }),
    async *streamChatCompletion(request: ChatCompletionRequest, context: HandlerContext): AsyncGenerator<Chunk> {
      const one: Asked = {
        request: toJson(ChatCompletionRequestSchema, request),
        headers: context.requestHeader,
        signal: context.signal,
      };
      asked.push(one);
      yield* script.chunks(one);
    },
  };
  const routes = (router: ConnectRouter): void => {
    if (script.services.includes('omen')) router.service(OmenService, methods);
    if (script.services.includes('chat')) router.service(ChatService, methods);
  };
  const server = createServer(connectNodeAdapter({ routes }));
  const sessions = new Set<ServerHttp2Session>();
  let connections = 0;
  server.on('session', (session) => {
    connections++;
    sessions.add(session);
    session.on('close', () => sessions.delete(session));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    get connections() {
      return connections;
    },
    close: () => stop(server, sessions),
  };
}

function stop(server: Http2Server, sessions: ReadonlySet<ServerHttp2Session>): Promise<void> {
  for (const session of sessions) session.destroy();
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}

export function textChunk(content: string, finishReason?: string): Chunk {
  return {
    object: 'chat.completion.chunk',
    choices: [{ delta: { content }, ...(finishReason === undefined ? {} : { finishReason }) }],
  };
}
