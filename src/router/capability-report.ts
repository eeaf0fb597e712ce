/** What connections really are: the protocol that was negotiated with each host, and what became of each wish for another one. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Disposable } from '../base/disposable.ts';

export type Protocol = 'HTTP/1.1' | 'HTTP/2' | 'not visible';

export interface HostConnections {
  /** With the port, if it is not the usual one. */
  readonly host: string;
  /** `not visible`: it was answered over a connection that this platform does not show (Electron's own network stack). */
  readonly protocol: Protocol;
  readonly isEncrypted: boolean;
  /** Connections that were opened, and answers that came: more answers than connections means that they are used again. */
  readonly opened: number;
  readonly answered: number;
}

/** A key of the `[http]` table of `reaper.toml`, and what this platform makes of it. */
export interface HttpWish {
  readonly key: string;
  readonly wanted: string;
  readonly effect: 'holds' | 'holds in part' | 'decided by the editor' | 'not possible';
  readonly explanation: string;
}

export interface CapabilityReport {
  /** What Reaper asks for: the editor's `fetch`, with nothing of its own underneath. */
  readonly requested: string;
  readonly hosts: readonly HostConnections[];
  readonly wishes: readonly HttpWish[];
}

export interface ConnectionWatch extends Disposable {
  /** A request of ours was answered. Only such hosts are reported: other extensions share the process and its connections. */
  answered(url: string): void;
  report(): CapabilityReport;
}

const REQUESTED = 'HTTP/2 or HTTP/1.1, as the editor and the server agree';

/** undici, which is Node's and the editor's `fetch`, tells of its connections on a diagnostics channel; Electron's does not. */
export function watchConnections(): ConnectionWatch {
  const opened = new Map<string, { count: number; version: string | undefined }>();
  const answers = new Map<string, number>();

  function onConnected(message: unknown): void {
    const params = member(message, 'connectParams');
    const protocol = member(params, 'protocol');
    const host = member(params, 'host');
    if (typeof protocol !== 'string' || typeof host !== 'string') return;
    const origin = originOf(`${protocol}//${host}`);
    const version = member(params, 'version');
    if (origin === undefined) return;
    opened.set(origin, {
      count: (opened.get(origin)?.count ?? 0) + 1,
      version: typeof version === 'string' ? version : undefined,
    });
  }

  subscribe(CONNECTED, onConnected);
  return {
    answered(url) {
      const origin = originOf(url);
      if (origin !== undefined) answers.set(origin, (answers.get(origin) ?? 0) + 1);
    },
    report: () => ({
      requested: REQUESTED,
      hosts: [...answers].map(([origin, answered]) => {
        const connection = opened.get(origin);
        return {
          host: new URL(origin).host,
          protocol: PROTOCOLS.get(connection?.version ?? '') ?? 'not visible',
          isEncrypted: origin.startsWith('https:'),
          opened: connection?.count ?? 0,
          answered,
        };
      }),
      wishes: WISHES,
    }),
    dispose: () => void unsubscribe(CONNECTED, onConnected),
  };
}

const CONNECTED = 'undici:client:connected';
const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ['h1', 'HTTP/1.1'],
  ['h2', 'HTTP/2'],
]);

const EDITORS_FETCH =
  'Requests go through the editor’s own fetch, so that its proxy and its certificates are honoured;';

// What can be had, and what cannot: measured for facts/router §5 and facts/vscode-platform §6.
const WISHES: readonly HttpWish[] = [
  {
    key: 'http.protocol',
    wanted: 'http3',
    effect: 'not possible',
    explanation: `${EDITORS_FETCH} that speaks HTTP/1.1 and HTTP/2. HTTP/3 would save one round trip of a new connection and nothing of one that is open.`,
  },
  {
    key: 'http.fallback',
    wanted: 'http1',
    effect: 'holds',
    explanation: 'A server that does not offer HTTP/2 is spoken to in HTTP/1.1.',
  },
  {
    key: 'http.connect_timeout',
    wanted: '10000',
    effect: 'holds',
    explanation: 'The editor gives a connection up after 10 s; the deadline of the request is often earlier.',
  },
  {
    key: 'http.read_timeout',
    wanted: '120000',
    effect: 'holds in part',
    explanation:
      'Silence ends an answer after 5 s of ghost text and 30 s of anything else; its first words have 1.5 s, 30 s or, where a model may think first, 120 s.',
  },
  {
    key: 'http.write_timeout',
    wanted: '30000',
    effect: 'holds in part',
    explanation: 'Sending is part of the wait for the first words and has no time of its own.',
  },
  {
    key: 'http.max_retries',
    wanted: '3',
    effect: 'holds',
    explanation: 'As long as no other provider can answer, and retries are no more than a fifth of all requests.',
  },
  {
    key: 'http.retry_backoff',
    wanted: '100',
    effect: 'holds',
    explanation:
      'The wait is drawn by chance from up to 100 ms, doubled each time up to 5 s, and never shorter than the server asks.',
  },
  {
    key: 'http.pool',
    wanted: '10 per host, 50 in all, idle for 300 s',
    effect: 'decided by the editor',
    explanation: `${EDITORS_FETCH} that keeps a connection for about 4 s after its last use, and opens as many as there are requests at once.`,
  },
  {
    key: 'http.quic',
    wanted: '0-RTT, idle for 300 s',
    effect: 'not possible',
    explanation: 'There is no QUIC without HTTP/3.',
  },
  {
    key: 'http.tls.verify_certificates',
    wanted: 'true',
    effect: 'decided by the editor',
    explanation:
      'Certificates are checked as long as the editor’s setting http.proxyStrictSSL is on. Reaper never switches that off.',
  },
  {
    key: 'http.tls.min_version',
    wanted: 'tls_1_3',
    effect: 'decided by the editor',
    explanation: 'The editor takes TLS 1.2 and 1.3; the server’s best is used.',
  },
];

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
