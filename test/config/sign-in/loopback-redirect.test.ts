import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { openLoopbackRedirect } from '../../../src/config/sign-in/loopback-redirect.ts';
import type { RedirectReceiver } from '../../../src/config/sign-in/sign-in-flow.ts';

const STATE = 'state-of-this-sign-in';

describe('the server for the answer of a sign-in', () => {
  let receiver: RedirectReceiver;
  let controller: AbortController;

  beforeEach(async () => {
    receiver = await openLoopbackRedirect({ received: 'You can close this page.', refused: 'Not for Reaper.' });
    controller = new AbortController();
  });
  afterEach(() => {
    receiver.dispose();
    controller.abort();
  });

  const open = (query: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`${receiver.redirectUri}?${query}`, init);
  const receive = (): Promise<URL> => {
    const answer = receiver.receive(STATE, controller.signal);
    answer.catch(() => undefined);
    return answer;
  };

  it('listens on this machine alone, on any free port', () => {
    const { hostname, port } = new URL(receiver.redirectUri);
    assert.equal(hostname, '127.0.0.1');
    assert.ok(Number(port) > 1023);
  });

  it('takes the answer and tells the person that the page can be closed', async () => {
    const answer = receive();
    const response = await open(`code=a%2Fb&state=${STATE}`);
    assert.equal(response.status, 200);
    assert.equal(await response.text(), 'You can close this page.');
    assert.equal(response.headers.get('content-security-policy'), "default-src 'none'");
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal(response.headers.get('referrer-policy'), 'no-referrer');
    assert.equal((await answer).searchParams.get('code'), 'a/b');
  });

  it('refuses what is not meant for this sign-in, repeats none of it, and goes on waiting', async () => {
    const answer = receive();
    const { origin } = new URL(receiver.redirectUri);
    const script = '<script>alert(1)</script>';
    const refused: readonly (readonly [string, number, RequestInit?])[] = [
      [`${receiver.redirectUri}?code=evil&state=${script}`, 400],
      [`${receiver.redirectUri}?code=evil`, 400],
      [`${receiver.redirectUri}?code=evil&state=${STATE}&state=other`, 400],
      [`${origin}/?code=evil&state=${STATE}`, 404],
      [`${origin}/${script}?code=evil&state=${STATE}`, 404],
      [`${origin}/signed-in/../other?code=evil&state=${STATE}`, 404],
      [`${receiver.redirectUri}?code=evil&state=${STATE}`, 405, { method: 'DELETE' }],
      [`${receiver.redirectUri}?code=${'x'.repeat(20_000)}&state=${STATE}`, 431],
    ];
    for (const [url, status, init] of refused) {
      const response = await fetch(url, init);
      assert.equal(response.status, status, url.slice(0, 120));
      assert.doesNotMatch(await response.text(), /evil|script|xxx/);
    }
    await open(`code=good&state=${STATE}`);
    assert.equal((await answer).searchParams.get('code'), 'good');
  });

  it('refuses a page that had its own name point to this machine', async () => {
    void receive();
    const { port } = new URL(receiver.redirectUri);
    const raw = `GET /signed-in?code=evil&state=${STATE} HTTP/1.1\r\nHost: evil.example:${port}\r\n\r\n`;
    assert.match(await send(Number(port), raw), /^HTTP\/1\.1 404 /);
  });

  it('does not wait for what somebody wants to upload', async () => {
    void receive();
    const { host, port } = new URL(receiver.redirectUri);
    const head = `POST /signed-in?state=${STATE} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 9000000000\r\n\r\n`;
    assert.match(await send(Number(port), `${head}abc`), /^HTTP\/1\.1 405 /);
  });

  it('survives what is no HTTP at all', async () => {
    const answer = receive();
    const { port } = new URL(receiver.redirectUri);
    for (const raw of [
      '\0\x01\x02\r\n\r\n',
      'GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n',
      `GET ${'/'.repeat(9000)} HTTP/9\r\n\r\n`,
    ]) {
      assert.match(await send(Number(port), raw), /^HTTP\/1\.1 4\d\d /);
    }
    await open(`code=good&state=${STATE}`);
    assert.equal((await answer).searchParams.get('code'), 'good');
  });

  it('takes one answer: a second one, or one that nobody waits for, is refused', async () => {
    assert.equal((await open(`code=early&state=${STATE}`)).status, 400);
    const answer = receive();
    assert.equal((await open(`code=first&state=${STATE}`)).status, 200);
    assert.equal((await open(`code=second&state=${STATE}`)).status, 400);
    assert.equal((await answer).searchParams.get('code'), 'first');
  });

  it('stops waiting when the sign-in is given up, and listening when it is over', async () => {
    const answer = receive();
    controller.abort();
    await assert.rejects(answer, { kind: 'cancelled' });
    receiver.dispose();
    await assert.rejects(open(`code=late&state=${STATE}`), /fetch failed/);
  });
});

/** What comes back until the server closes the connection. */
function send(port: number, raw: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(raw));
    socket.on('data', (chunk) => {
      received += chunk.toString();
    });
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}
