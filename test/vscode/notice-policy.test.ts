import assert from 'node:assert/strict';
import type { ErrorKind } from '../../src/base/errors.ts';
import type { AttemptOutcome, RequestRecord } from '../../src/router/request-record.ts';
import { createNoticePolicy } from '../../src/vscode/notice-policy.ts';

function record(providerId: string, outcome: AttemptOutcome): RequestRecord {
  return {
    id: '1',
    requestId: '1',
    purpose: 'completion',
    conversationId: undefined,
    strategy: 'single',
    role: 'only',
    reason: 'first choice',
    providerId,
    model: 'm',
    startedAt: 0,
    firstUsefulTokenMs: undefined,
    totalMs: 1,
    usage: { inputUncached: 0, inputCacheRead: 0, inputCacheWrite: 0, output: 0, reasoning: 0, estimated: true },
    cost: { usd: 0, certainty: 'exact' },
    credentialId: undefined,
    bytesSent: 0,
    bytesReceived: 0,
    outcome,
    warnings: [],
  };
}

const failed = (providerId: string, kind: ErrorKind): RequestRecord =>
  record(providerId, { type: 'failed', kind, message: 'It failed.' });
const finished = (providerId: string): RequestRecord => record(providerId, { type: 'finished', reason: 'stop' });

describe('notifications of failed requests', () => {
  it('come once for each provider and kind of problem', () => {
    const policy = createNoticePolicy();
    assert.deepEqual(policy.judge(failed('a', 'auth')), { providerId: 'a', message: 'It failed.', action: 'set-key' });
    assert.equal(policy.judge(failed('a', 'auth')), undefined);
    assert.equal(policy.judge(failed('b', 'auth'))?.action, 'set-key');
    assert.equal(policy.judge(failed('a', 'quota'))?.action, 'select-provider');
  });

  it('of a limit come once a day, whoever was to be asked', () => {
    const policy = createNoticePolicy();
    assert.equal(policy.judge(failed('a', 'budget'))?.action, 'show-usage');
    assert.equal(policy.judge(failed('b', 'budget')), undefined);
    policy.judge(finished('a'));
    assert.equal(policy.judge(failed('a', 'budget')), undefined);
    const tomorrow = { ...failed('a', 'budget'), startedAt: 36 * 3600_000 };
    assert.notEqual(policy.judge(tomorrow), undefined);
  });

  it('come again when a key stops working after it worked', () => {
    const policy = createNoticePolicy();
    policy.judge(failed('a', 'auth'));
    policy.judge(finished('a'));
    assert.notEqual(policy.judge(failed('a', 'auth')), undefined);
  });

  it('do not come again and again for a server that comes and goes', () => {
    const policy = createNoticePolicy();
    assert.equal(policy.judge(failed('a', 'network'))?.action, 'test');
    policy.judge(finished('a'));
    assert.equal(policy.judge(failed('a', 'network')), undefined);
    policy.forget();
    assert.notEqual(policy.judge(failed('a', 'network')), undefined);
  });

  it('do not come for what passes by itself or was wanted', () => {
    const policy = createNoticePolicy();
    const kinds: ErrorKind[] = [
      'rate-limit',
      'overloaded',
      'timeout',
      'too-long',
      'bad-response',
      'refused',
      'cancelled',
    ];
    for (const kind of kinds) {
      assert.equal(policy.judge(failed('a', kind)), undefined, kind);
    }
    assert.equal(policy.judge(record('a', { type: 'cancelled' })), undefined);
  });
});
