/** Several model servers by name, some of which look as if they were elsewhere, behind one router. */
import type { ChatInput, ModelRequest, RoutingHints } from '../../../src/router/model-request.ts';
import type { ProviderDefinition, ProviderProfile } from '../../../src/router/provider-definition.ts';
import type { PurposeRouting } from '../../../src/router/routing-settings.ts';
import type { RequestRecord } from '../../../src/router/request-record.ts';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import type { WireModule } from '../../../src/router/wire.ts';
import { type Exchange, type ModelServer, startModelServer } from '../../fakes/model-server.ts';
import { finish, text } from '../part-wire.ts';
import {
  createFixture,
  defineTestProvider,
  type FixtureOverrides,
  never,
  profileOf,
  type RouterFixture,
  until,
} from '../router-fixture.ts';

export interface Member {
  readonly location?: 'local' | 'remote';
  readonly definition?: Partial<ProviderDefinition>;
  readonly profile?: Partial<ProviderProfile>;
}

export interface Fleet {
  readonly fixture: RouterFixture;
  readonly profiles: readonly ProviderProfile[];
  server(name: string): ModelServer;
  asked(): Readonly<Record<string, number>>;
  /** Who, in what part, and how it ended; in the order in which they ended. */
  outcomes(): readonly string[];
  close(): Promise<void>;
}

export async function startFleet(
  members: Readonly<Record<string, Member>>,
  overrides: FixtureOverrides = {},
): Promise<Fleet> {
  const servers = new Map<string, ModelServer>();
  const profiles: ProviderProfile[] = [];
  for (const [name, { location = 'remote', definition = {}, profile = {} }] of Object.entries(members)) {
    const server = await startModelServer(answerWith(name));
    servers.set(name, server);
    const baseUrl = location === 'local' ? server.url : `https://${name}.test`;
    profiles.push(profileOf(defineTestProvider(name, { baseUrl, ...definition }), profile));
  }
  const fixture = createFixture(profiles, {
    ...overrides,
    fetch: (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      const server = servers.get(url.hostname.replace(/\.test$/, ''));
      return globalThis.fetch(server === undefined ? url : new URL(url.pathname, server.url), init);
    },
  });
  return {
    fixture,
    profiles,
    server(name) {
      const server = servers.get(name);
      if (server === undefined) throw new Error(`No server ${name}`);
      return server;
    },
    asked: () => Object.fromEntries([...servers].map(([name, { requests }]) => [name, requests.length])),
    outcomes: () => fixture.records.map(outcomeOf),
    async close() {
      fixture.router.dispose();
      // The last bytes of an answer may still be under way; its timer goes with them, and not by time.
      try {
        await until(() => fixture.clock.pendingTimers === 0);
      } finally {
        await Promise.all([...servers.values()].map((server) => server.close()));
      }
    },
  };
}

function outcomeOf({ providerId, role, outcome }: RequestRecord): string {
  const end = outcome.type === 'failed' ? outcome.kind : outcome.type;
  return `${providerId} ${role} ${end}`;
}

export function answerWith(...texts: readonly string[]): ModelServer['script'] {
  return ({ begin, write, end }) => {
    begin();
    write(texts.map(text).join('') + finish);
    end();
  };
}

/** Begins, and says nothing until the test does. */
export interface Held {
  readonly script: ModelServer['script'];
  exchange(): Exchange;
  /** The rest of the answer, and its end. */
  finish(rest?: string): void;
}

export function held(): Held {
  let current: Exchange | undefined;
  function exchange(): Exchange {
    if (current === undefined) throw new Error('Nobody asked yet');
    return current;
  }
  return {
    script: (asked) => {
      current = asked;
      asked.begin();
    },
    exchange,
    finish(rest = '') {
      exchange().write((rest === '' ? '' : text(rest)) + finish);
      exchange().end();
    },
  };
}

/** Answers without a network, in no time: parts, then what the gate lets through, then the end. */
export function memoryWire(parts: readonly StreamPart[], gate: Promise<void> = Promise.resolve()): WireModule {
  return {
    async *stream() {
      yield* parts;
      await gate;
      yield { type: 'finish', reason: 'stop' };
    },
    probe: () => Promise.reject(new Error('not used')),
  };
}

export function chatRequest(
  options: {
    readonly routing?: RoutingHints;
    readonly input?: Partial<ChatInput>;
    readonly conversationId?: string;
    readonly maxOutputTokens?: number;
  } = {},
): ModelRequest {
  return {
    purpose: 'chat',
    input: {
      type: 'chat',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'What is 2 + 2?' }] }],
      ...options.input,
    },
    limits: { maxOutputTokens: options.maxOutputTokens ?? 500, stop: [] },
    ...(options.routing === undefined ? {} : { routing: options.routing }),
    ...(options.conversationId === undefined ? {} : { conversationId: options.conversationId }),
  };
}

export const settings: PurposeRouting = {
  strategy: 'single',
  order: 'listed',
  k: 2,
  stickiness: 'none',
  minUsefulTokens: 1,
  maxLatencyMs: undefined,
  hedge: false,
};

/** Reads in the background; `parts` grows, `end` is how it ended. */
export function reading(
  fleet: Fleet,
  request: ModelRequest,
  signal: AbortSignal = never,
): { readonly parts: readonly StreamPart[]; readonly end: Promise<unknown> } {
  const parts: StreamPart[] = [];
  const end = (async () => {
    try {
      for await (const part of fleet.fixture.router.stream(request, signal)) parts.push(part);
      return undefined;
    } catch (error) {
      return error;
    }
  })();
  return { parts, end };
}

/** The parts in short: `source b`, `text x`, `finish stop`. */
export function brief(parts: readonly StreamPart[]): readonly string[] {
  return parts.map((part) => {
    switch (part.type) {
      case 'text-delta':
        return `text ${part.text}`;
      case 'source':
        return `source ${part.providerId}${part.isDegraded ? ' degraded' : ''}`;
      case 'merge-piece':
        return `piece ${part.providerId} ${part.text}`;
      case 'finish':
        return `finish ${part.reason}`;
      case 'warning':
        return `warning ${part.message}`;
      default:
        return part.type;
    }
  });
}
