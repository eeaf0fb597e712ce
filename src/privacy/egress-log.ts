/** What was sent where: one line per request, without paths, queries and keys. */
import { isIP } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { type Disposable } from '../base/disposable.ts';
import { Emitter, type Event } from '../base/event.ts';
import { redactSecrets } from '../base/redact.ts';

export interface EgressEntry {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Host and port, nothing else of the address. */
  readonly host: string;
  readonly purpose: string;
  readonly providerId: string;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  /** HTTP status; `undefined`: no answer came. */
  readonly status: number | undefined;
}

export interface EgressLog extends Disposable {
  /** The latest ones, oldest first. */
  entries(): readonly EgressEntry[];
  readonly onEntry: Event<EgressEntry>;
  /** For a document that the user opens or saves. */
  toText(): string;
}

export interface SentRequest {
  readonly url: string;
  readonly purpose: string;
  readonly providerId: string;
  readonly bytesSent: number;
  readonly bytesReceived: number;
  readonly status: number | undefined;
}

export interface WritableEgressLog extends EgressLog {
  add(request: SentRequest): void;
}

/** About a day of hard work; 200 bytes each. */
const MAX_ENTRIES = 5_000;

export function createEgressLog(clock: Clock, maxEntries = MAX_ENTRIES): WritableEgressLog {
  const ring: EgressEntry[] = [];
  let oldest = 0;
  const added = new Emitter<EgressEntry>();
  const entries = (): readonly EgressEntry[] => [...ring.slice(oldest), ...ring.slice(0, oldest)];
  return {
    entries,
    onEntry: added.event,
    add: ({ url, purpose, providerId, bytesSent, bytesReceived, status }) => {
      const entry = { at: clock.wallTime(), host: hostOf(url), purpose, providerId, bytesSent, bytesReceived, status };
      if (ring.length < maxEntries) {
        ring.push(entry);
      } else {
        ring[oldest] = entry;
        oldest = (oldest + 1) % maxEntries;
      }
      added.fire(entry);
    },
    toText: () => [HEADER, ...entries().map(toLine)].join('\n'),
    dispose: () => added.dispose(),
  };
}

/** Host and port of a URL. A host may hold a key too (`https://<key>.example.com`). */
export function hostOf(url: string): string {
  const { host = '', hostname = '' } = URL.parse(url) ?? {};
  if (host === '') return '(no host)';
  // The digits of an address look as random as a key's.
  return isIP(hostname) === 4 || hostname.startsWith('[') ? host : redactSecrets(host);
}

const HEADER = 'time\thost\tpurpose\tprovider\tbytes sent\tbytes received\tstatus';

function toLine(entry: EgressEntry): string {
  return [
    new Date(entry.at).toISOString(),
    entry.host,
    entry.purpose,
    entry.providerId,
    entry.bytesSent,
    entry.bytesReceived,
    entry.status ?? 'no answer',
  ].join('\t');
}
