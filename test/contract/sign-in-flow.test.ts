import assert from 'node:assert/strict';
import { createOAuthClient } from '../../src/config/sign-in/oauth-client.ts';
import { openLoopbackRedirect } from '../../src/config/sign-in/loopback-redirect.ts';
import {
  type RedirectReceiver,
  signInByBrowser,
  signInByDevice,
  SIGN_IN_DEADLINE_MS,
} from '../../src/config/sign-in/sign-in-flow.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';
import {
  CLIENT_ID,
  enterCodeAsUser,
  type IdentityServer,
  signInAsUser,
  startIdentityServer,
} from '../fakes/identity-server.ts';

const TEXTS = { received: 'done', refused: 'refused' };

describe('signing in from end to end, with a real server and a real redirect', () => {
  let server: IdentityServer;
  let receiver: RedirectReceiver;
  const { signal } = new AbortController();

  before(async () => {
    server = await startIdentityServer();
  });
  after(() => server.stop());
  beforeEach(async () => {
    receiver = await openLoopbackRedirect(TEXTS);
  });
  // Whatever came of it: the server for the answer is gone, and no timer waits.
  afterEach(async () => {
    await assert.rejects(fetch(receiver.redirectUri), /fetch failed/);
  });

  function setUp() {
    const clock = createFakeClock();
    const client = createOAuthClient({
      issuer: server.issuer,
      names: { label: 'Example', clientSetting: 'the setting example.clientId' },
      registration: async () => ({ clientId: CLIENT_ID, clientSecret: undefined }),
      authorizationParameters: { prompt: 'consent' },
      fetch,
      clock,
    });
    return { clock, flow: { client, label: 'Example', scopes: ['openid', 'email', 'models'], clock } };
  }

  it('works through the browser of this machine', async () => {
    const { flow, clock } = setUp();
    const pages: string[] = [];
    const tokens = await signInByBrowser(
      flow,
      receiver,
      async (url) => {
        // The browser goes its own way while we wait.
        void signInAsUser(url)
          .then((answer) => fetch(answer))
          .then(async (page) => pages.push(await page.text()));
        return true;
      },
      signal,
    );
    assert.equal(tokens.account?.name, 'somebody@example.com');
    assert.equal(clock.pendingTimers, 0);
    while (pages.length === 0) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    assert.deepEqual(pages, ['done']);
  });

  it('takes the right answer when wrong ones came first', async () => {
    const { flow } = setUp();
    const statuses: number[] = [];
    const tokens = await signInByBrowser(
      flow,
      receiver,
      async (url) => {
        const answer = await signInAsUser(url);
        const forged = new URL(answer);
        forged.searchParams.set('state', 'forged');
        forged.searchParams.set('code', 'of-an-attacker');
        for (const each of [forged, answer]) {
          statuses.push((await fetch(each)).status);
        }
        return true;
      },
      signal,
    );
    assert.deepEqual(statuses, [400, 200]);
    assert.ok(tokens.accessToken);
  });

  it('says that the user did not allow it', async () => {
    const { flow } = setUp();
    const openBrowser = async (url: string): Promise<boolean> => (await fetch(await signInAsUser(url, 'deny'))).ok;
    await assert.rejects(
      signInByBrowser(flow, receiver, openBrowser, signal),
      /You did not allow the access at Example/,
    );
  });

  it('ends after five minutes without an answer', async () => {
    const { flow, clock } = setUp();
    let isOpen = false;
    const failure = assert.rejects(
      signInByBrowser(
        flow,
        receiver,
        async () => {
          isOpen = true;
          return true;
        },
        signal,
      ),
      { kind: 'timeout', message: /No answer from Example within five minutes/ },
    );
    while (!isOpen) {
      await clock.settle();
    }
    await clock.advance(SIGN_IN_DEADLINE_MS);
    await failure;
    assert.equal(clock.pendingTimers, 0);
  });

  it('ends at once when it is cancelled, or when no browser can be opened', async () => {
    const { flow, clock } = setUp();
    const controller = new AbortController();
    const cancel = async (): Promise<boolean> => {
      controller.abort();
      return true;
    };
    await assert.rejects(signInByBrowser(flow, receiver, cancel, controller.signal), { kind: 'cancelled' });
    const other = await openLoopbackRedirect(TEXTS);
    await assert.rejects(
      signInByBrowser(flow, other, async () => false, signal),
      /No browser could be opened/,
    );
    assert.equal(clock.pendingTimers, 0);
  });

  it('works with a code on another device', async () => {
    receiver.dispose();
    const { flow, clock } = setUp();
    let entered: Promise<string> | undefined;
    const tokens = signInByDevice(
      flow,
      ({ verificationUrl, userCode }) => {
        entered = enterCodeAsUser(verificationUrl, userCode);
      },
      signal,
    );
    while (entered === undefined) {
      await clock.settle();
    }
    assert.equal(await entered, 'Success');
    await clock.advance(5000);
    assert.equal((await tokens).account?.id, 'somebody');
    assert.equal(clock.pendingTimers, 0);
  });
});
