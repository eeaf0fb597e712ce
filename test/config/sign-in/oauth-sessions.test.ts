import assert from 'node:assert/strict';
import { delay } from '../../../src/base/abort.ts';
import { ReaperError } from '../../../src/base/errors.ts';
import type { Tokens } from '../../../src/config/sign-in/oauth-client.ts';
import { createOAuthSessions } from '../../../src/config/sign-in/oauth-sessions.ts';
import { createFakeClock, type FakeClock } from '../../fakes/fake-clock.ts';
import { createRecordingLogger } from '../../fakes/recording-logger.ts';
import { createFakeSecrets, type FakeSecrets } from '../fake-secrets.ts';

const HOUR_MS = 3_600_000;
const SECRET_NAME = 'reaper.example.session';

/** Rotates refresh tokens, and takes everything back when an old one comes again: the strictest of servers. */
function strictServer(clock: FakeClock) {
  let generation = 1;
  let isRevoked = false;
  const refreshes: string[] = [];
  const revoked: string[] = [];
  let answer = (): Promise<void> => Promise.resolve();
  const tokens = (): Tokens => ({
    accessToken: `access-${generation}`,
    refreshToken: `refresh-${generation}`,
    expiresAt: clock.wallTime() + HOUR_MS,
    scopes: ['models'],
    account: undefined,
  });
  return {
    refreshes,
    revoked,
    first: (): Tokens => ({ ...tokens(), account: { id: 'a', name: 'somebody@example.com' } }),
    before: (work: () => Promise<void>) => {
      answer = work;
    },
    client: {
      refresh: async (refreshToken: string): Promise<Tokens | undefined> => {
        refreshes.push(refreshToken);
        await answer();
        isRevoked ||= refreshToken !== `refresh-${generation}`;
        if (isRevoked) {
          return undefined;
        }
        generation++;
        return tokens();
      },
      revoke: async (token: string): Promise<void> => {
        revoked.push(token);
        await answer();
      },
    },
  };
}

function setUp() {
  const clock = createFakeClock();
  const secrets = createFakeSecrets();
  const server = strictServer(clock);
  const logger = createRecordingLogger();
  let expired = 0;
  const open = (storage: FakeSecrets = secrets) =>
    createOAuthSessions({
      label: 'Example',
      client: server.client,
      secrets: storage,
      secretName: SECRET_NAME,
      onExpired: () => expired++,
      clock,
      logger,
    });
  return { clock, secrets, server, logger, open, sessions: open(), expired: () => expired };
}

/** Lets timers of leases pass while the work goes on. */
async function finish<T>(clock: FakeClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  done.catch(() => undefined);
  for (let step = 0; !isDone && step < 5000; step++) {
    await clock.advance(10);
  }
  return done;
}

function slowSecrets(secrets: FakeSecrets, clock: FakeClock, latencyMs: () => number): FakeSecrets {
  const late = async <T>(work: () => Promise<T>): Promise<T> => {
    await delay(clock, latencyMs());
    const result = await work();
    await delay(clock, latencyMs());
    return result;
  };
  return {
    ...secrets,
    get: (name) => late(() => secrets.get(name)),
    store: (name, value) => late(() => secrets.store(name, value)),
    delete: (name) => late(() => secrets.delete(name)),
  };
}

describe('our own sessions', () => {
  it('are kept over a restart and given to those whose scopes they have', async () => {
    const { sessions, server, open } = setUp();
    assert.equal(await sessions.current(['models']), undefined);
    const added = await sessions.add(server.first());
    assert.deepEqual(await open().current(['models']), added);
    assert.deepEqual(await open().current(undefined), added);
    assert.equal(await open().current(['models', 'mail']), undefined);
    assert.deepEqual(server.refreshes, []);
  });

  it('are refreshed ahead of their end, and keep who they are', async () => {
    const { sessions, server, clock, open } = setUp();
    const { id, account } = await sessions.add(server.first());
    await clock.advance(HOUR_MS - 5 * 60_000 - 1);
    assert.equal((await sessions.current(['models']))?.accessToken, 'access-1');
    await clock.advance(1);
    const fresh = await finish(clock, sessions.current(['models']));
    assert.deepEqual([fresh?.id, fresh?.account, fresh?.accessToken], [id, account, 'access-2']);
    assert.equal((await open().current(['models']))?.refreshToken, 'refresh-2');
    assert.equal(clock.pendingTimers, 0);
  });

  it('are refreshed once, however many ask in however many windows', async () => {
    const { sessions, server, clock, open } = setUp();
    await sessions.add(server.first());
    await clock.advance(HOUR_MS);
    const windows = [sessions, open(), open()];
    const asked = windows.flatMap((each) => [
      each.current(['models']),
      each.current(['models']),
      each.renew('access-1'),
    ]);
    const found = await finish(clock, Promise.all(asked));
    assert.deepEqual(server.refreshes, ['refresh-1']);
    assert.deepEqual(
      new Set(found.map((one) => (typeof one === 'object' ? one.accessToken : one))),
      new Set(['access-2']),
    );
  });

  it('are refreshed once when the storage is slow and each window hears of the others late', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const { sessions, secrets, server, clock, open } = setUp();
      await sessions.add(server.first());
      await clock.advance(HOUR_MS);
      // Reads and writes arrive up to 25 ms later, and their answers as late again.
      let random = seed;
      const slow = slowSecrets(secrets, clock, () => (random = (random * 48_271) % 2_147_483_647) % 25);
      const windows = [open(slow), open(slow), open(slow), open(slow)];
      const found = await finish(clock, Promise.all(windows.map((each) => each.current(['models']))));
      assert.deepEqual(server.refreshes, ['refresh-1'], `seed ${seed}`);
      assert.deepEqual(new Set(found.map((session) => session?.accessToken)), new Set(['access-2']), `seed ${seed}`);
    }
  });

  it('wait for a window that was closed in the middle of a refresh, and not for ever', async () => {
    const { sessions, secrets, server, clock } = setUp();
    await sessions.add(server.first());
    await clock.advance(HOUR_MS);
    secrets.values.set(`${SECRET_NAME}.lease`, `another-window ${clock.wallTime() + 20_000}`);
    const waiting = sessions.current(['models']);
    await clock.advance(19_900);
    assert.deepEqual(server.refreshes, []);
    await clock.advance(1000);
    assert.equal((await waiting)?.accessToken, 'access-2');
  });

  it('are not held up by a lease that no clock can have written', async () => {
    const { sessions, secrets, server, clock } = setUp();
    await sessions.add(server.first());
    await clock.advance(HOUR_MS);
    for (const broken of ['', 'x', 'another-window 99999999999999999', 'another-window -5', '\0 5']) {
      secrets.values.set(`${SECRET_NAME}.lease`, broken);
      await clock.advance(HOUR_MS);
      const current = sessions.current(['models']);
      await clock.advance(200);
      assert.ok((await current)?.accessToken);
    }
  });

  it('survive a storage that fails just when the refresh token was rotated', async () => {
    const { sessions, secrets, server, clock, open } = setUp();
    await sessions.add(server.first());
    await clock.advance(HOUR_MS);
    const { store } = secrets;
    let failing = true;
    Object.assign(secrets, {
      store: (name: string, value: string) =>
        failing && name === SECRET_NAME ? Promise.reject(new Error('disk full')) : store(name, value),
    });
    assert.equal((await finish(clock, sessions.current(['models'])))?.accessToken, 'access-2');
    assert.equal((await sessions.current(['models']))?.accessToken, 'access-2');
    failing = false;
    await sessions.current(['models']);
    assert.equal((await open().current(['models']))?.refreshToken, 'refresh-2');
    assert.deepEqual(server.refreshes, ['refresh-1']);
  });

  it('keep the answer to a refresh that was under way when the window closed', async () => {
    const { sessions, server, clock, open } = setUp();
    await sessions.add(server.first());
    await clock.advance(HOUR_MS);
    let answer = (): void => assert.fail('nothing was asked');
    server.before(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    const current = sessions.current(['models']);
    await clock.advance(100);
    sessions.dispose();
    answer();
    await current;
    assert.equal((await open().current(['models']))?.refreshToken, 'refresh-2');
  });

  it('wait for no other window when their own is closed', async () => {
    const { sessions, secrets, server, clock } = setUp();
    await sessions.add(server.first());
    await clock.advance(HOUR_MS);
    secrets.values.set(`${SECRET_NAME}.lease`, `another-window ${clock.wallTime() + 20_000}`);
    const current = assert.rejects(sessions.current(['models']), { kind: 'cancelled' });
    await clock.advance(500);
    sessions.dispose();
    await current;
    assert.equal(clock.pendingTimers, 0);
    assert.deepEqual(server.refreshes, []);
  });

  it('end when the server takes the refresh token no more, and say so once', async () => {
    const { sessions, secrets, server, logger, clock, expired } = setUp();
    await sessions.add({ ...server.first(), refreshToken: 'stolen-and-used' });
    await clock.advance(HOUR_MS);
    assert.equal(await finish(clock, sessions.current(['models'])), undefined);
    assert.equal(secrets.values.has(SECRET_NAME), false);
    assert.equal(await sessions.current(['models']), undefined);
    assert.equal(expired(), 1);
    assert.equal(logger.lines.filter((line) => /expired or was taken back.*Sign in again/.test(line)).length, 1);
  });

  it('end with their token where the server gave no refresh token', async () => {
    const { sessions, server, clock } = setUp();
    await sessions.add({ ...server.first(), refreshToken: undefined });
    await clock.advance(HOUR_MS);
    assert.equal(await finish(clock, sessions.current(['models'])), undefined);
    assert.deepEqual(server.refreshes, []);
  });

  it('go on with a token that is still valid while the server cannot be reached, and fail when it is not', async () => {
    const { sessions, server, clock } = setUp();
    await sessions.add(server.first());
    server.before(() => Promise.reject(new ReaperError('network', 'Example could not be reached')));
    await clock.advance(HOUR_MS - 60_000);
    assert.equal((await finish(clock, sessions.current(['models'])))?.accessToken, 'access-1');
    await clock.advance(60_000);
    await assert.rejects(finish(clock, sessions.current(['models'])), /could not be reached/);
    server.before(() => Promise.resolve());
    assert.equal((await finish(clock, sessions.current(['models'])))?.accessToken, 'access-2');
  });

  it('are renewed after a rejection, but not for a token that was replaced meanwhile', async () => {
    const { sessions, server, clock } = setUp();
    assert.equal(await sessions.renew('access-0'), undefined);
    await sessions.add(server.first());
    assert.equal(await finish(clock, sessions.renew('access-1')), 'access-2');
    assert.equal(await sessions.renew('access-1'), 'access-2');
    assert.deepEqual(server.refreshes, ['refresh-1']);
  });

  it('are revoked at sign-out, and gone even if the server does not hear of it', async () => {
    const { sessions, secrets, server, logger, clock } = setUp();
    await sessions.add(server.first());
    await sessions.remove();
    assert.deepEqual(server.revoked, ['refresh-1']);
    assert.equal(secrets.values.size, 0);
    await sessions.add(server.first());
    server.before(() => Promise.reject(new ReaperError('network', 'Example could not be reached')));
    await finish(clock, sessions.remove());
    assert.equal(secrets.values.size, 0);
    assert.match(logger.lines.join(), /could not be told of the sign-out/);
  });

  it('that are corrupt are removed, not believed, and the log does not repeat them', async () => {
    const { sessions, secrets, logger } = setUp();
    const good = {
      version: 1,
      id: 'i',
      account: { id: 'a', name: 'n' },
      scopes: [],
      accessToken: 't0ken',
      expiresAt: 1,
    };
    const broken: unknown[] = [
      ...['', '{', 'null', '[]', '"text"', '{"version":1}'],
      ...[{ version: 2 }, { accessToken: 'line\nbreak' }, { accessToken: '' }, { scopes: 'models' }, { scopes: [1] }],
      ...[{ account: null }, { account: { id: 'a' } }, { expiresAt: 'soon' }, { expiresAt: null }, { refreshToken: 5 }],
    ].map((change) => (typeof change === 'string' ? change : JSON.stringify({ ...good, ...change })));
    for (const text of broken) {
      secrets.values.set(SECRET_NAME, String(text));
      assert.equal(await sessions.current(undefined), undefined, String(text));
      assert.equal(secrets.values.has(SECRET_NAME), false, String(text));
    }
    assert.doesNotMatch(logger.lines.join(), /t0ken/);
  });

  it('name the keyring when the secret storage cannot be read', async () => {
    const { sessions, secrets } = setUp();
    secrets.fail(new Error('locked'));
    await assert.rejects(sessions.current(['models']), /secret storage .*Example.*keyring/);
  });

  it('put no token into the log, whatever happens', async () => {
    const { sessions, secrets, server, logger, clock } = setUp();
    await sessions.add(server.first());
    await clock.advance(HOUR_MS);
    server.before(() => Promise.reject(new ReaperError('network', 'unreachable')));
    await assert.rejects(finish(clock, sessions.current(['models'])));
    server.before(() => Promise.resolve());
    Object.assign(secrets, { store: () => Promise.reject(new Error('disk full')) });
    await sessions.add({ ...server.first(), refreshToken: 'refresh-wrong' });
    await sessions.remove();
    assert.ok(logger.lines.length > 0);
    assert.doesNotMatch(logger.lines.join('\n'), /access-|refresh-/);
  });

  it('tell of changes, in other windows too, until they are disposed', async () => {
    const { sessions, secrets, server, open } = setUp();
    const other = open();
    let told = 0;
    other.onDidChange(() => told++);
    await sessions.add(server.first());
    await sessions.remove();
    assert.equal(told, 2);
    sessions.dispose();
    other.dispose();
    assert.equal(secrets.listenerCount(), 0);
  });
});
