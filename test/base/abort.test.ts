/** Waiting that can be given up, and what must not be left behind. */
import assert from 'node:assert/strict';
import { untilAborted } from '../../src/base/abort.ts';
import { countAbortListeners, watchUnhandledRejections } from '../router/leak-detectors.ts';

describe('waiting until something is aborted', () => {
  const unhandled = watchUnhandledRejections();
  afterEach(() => unhandled.assertNone());
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('gives what the promise gives, and leaves no listener', async () => {
    const { signal } = new AbortController();
    const listeners = countAbortListeners(signal);
    assert.equal(await untilAborted(Promise.resolve(1), signal), 1);
    await assert.rejects(untilAborted(Promise.reject(new Error('broken')), signal), /broken/);
    await turn();
    assert.equal(listeners.current, 0);
  });

  it('ends with the abort, and nobody hears what becomes of the promise', async () => {
    const abort = new AbortController();
    let fail: ((error: Error) => void) | undefined;
    const waiting = untilAborted(new Promise((_, reject) => (fail = reject)), abort.signal);
    abort.abort();
    await assert.rejects(waiting, { kind: 'cancelled' });
    fail?.(new Error('late'));
    await turn();
  });

  it('does not begin when it is aborted already, whatever the promise does', async () => {
    await assert.rejects(untilAborted(Promise.reject(new Error('unheard')), AbortSignal.abort()), {
      kind: 'cancelled',
    });
    await turn();
  });
});
