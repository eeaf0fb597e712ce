/** What connections really are: the protocol that was negotiated with each host. What was wished for is in `http-wishes.ts`. */
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

export interface ConnectionWatch extends Disposable {
  /** A request of ours was answered. Only such hosts are reported: other extensions share the process and its connections. */
  answered(url: string): void;
  hosts(): readonly HostConnections[];
}

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
    hosts: () =>
      [...answers].map(([origin, answered]) => {
        const connection = opened.get(origin);
        return {
          host: new URL(origin).host,
          protocol: PROTOCOLS.get(connection?.version ?? '') ?? 'not visible',
          isEncrypted: origin.startsWith('https:'),
          opened: connection?.count ?? 0,
          answered,
        };
      }),
    dispose: () => void unsubscribe(CONNECTED, onConnected),
  };
}

const CONNECTED = 'undici:client:connected';
const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ['h1', 'HTTP/1.1'],
  ['h2', 'HTTP/2'],
]);

function originOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).origin : undefined;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}
