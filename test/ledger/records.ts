/** Records of attempts, as tests need them. */
import { dayOf } from '../../src/ledger/calendar.ts';
import type { LedgerRow } from '../../src/ledger/usage.ts';
import type { RequestRecord } from '../../src/router/request-record.ts';

/** Of the machine's own day, wherever it stands: the ledger counts days of its user. */
export const NOON = new Date(2026, 10, 21, 12).getTime();
let count = 0;

export function recordOf(overrides: Partial<RequestRecord> = {}): RequestRecord {
  count++;
  return {
    id: `request-${count}.1`,
    requestId: `request-${count}`,
    purpose: 'chat',
    conversationId: 'c1',
    strategy: 'single',
    role: 'only',
    reason: 'first choice',
    providerId: 'cloud',
    model: 'small-1',
    startedAt: NOON,
    firstUsefulTokenMs: 120.5,
    totalMs: 900,
    usage: { inputUncached: 100, inputCacheRead: 20, inputCacheWrite: 3, output: 40, reasoning: 5, estimated: false },
    cost: { usd: 0.01, certainty: 'exact' },
    credentialId: 'abcdef',
    bytesSent: 1000,
    bytesReceived: 2000,
    outcome: { type: 'finished', reason: 'stop' },
    warnings: [],
    ...overrides,
  };
}

export function rowOf(overrides: Partial<RequestRecord> = {}, isBooked = false): LedgerRow {
  const record = recordOf(overrides);
  return { record, day: dayOf(record.startedAt), isBooked };
}
