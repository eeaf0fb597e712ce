import assert from 'node:assert/strict';
import { ReaperError } from '../../../src/base/errors.ts';
import { createCheckedFetch } from '../../../src/config/sign-in/checked-fetch.ts';
import type { Egress } from '../../../src/router/egress.ts';

type Sent = Parameters<Egress['record']>[0];

function setUp(answer: () => Promise<Response>) {
  const recorded: Sent[] = [];
  let sent = 0;
  let forbidden = false;
  const egress: Egress = {
    check: () => {
      if (forbidden) {
        throw new ReaperError('privacy', 'forbidden');
      }
    },
    record: (request) => recorded.push(request),
  };
  const fetch = createCheckedFetch({
    fetch: () => {
      sent++;
      return answer();
    },
    egress: () => egress,
    name: 'example',
  });
  return {
    fetch,
    recorded,
    sent: () => sent,
    forbid: () => {
      forbidden = true;
    },
  };
}

describe('the fetch of a sign-in', () => {
  it('tells the egress log what was sent where, and nothing of the content', async () => {
    const { fetch, recorded } = setUp(async () => Response.json({ access_token: 'token' }, { status: 201 }));
    const response = await fetch('https://id.example/token', {
      method: 'POST',
      body: new URLSearchParams({ code: 'a-code' }),
    });
    assert.equal(response.status, 201);
    assert.match(response.headers.get('content-type') ?? '', /json/);
    assert.deepEqual(await response.json(), { access_token: 'token' });
    assert.deepEqual(recorded, [
      {
        url: 'https://id.example/token',
        purpose: 'probe',
        providerId: 'example',
        bytesSent: 11,
        bytesReceived: 24,
        status: 201,
      },
    ]);
  });

  it('sends nothing to a forbidden host', async () => {
    const { fetch, recorded, sent, forbid } = setUp(async () => new Response());
    forbid();
    await assert.rejects(fetch('https://id.example/token'), { kind: 'privacy' });
    assert.deepEqual([sent(), recorded.length], [0, 0]);
  });

  it('records requests that failed too', async () => {
    const { fetch, recorded } = setUp(() => Promise.reject(new TypeError('fetch failed')));
    await assert.rejects(fetch(new URL('https://id.example/token')), /fetch failed/);
    assert.equal(recorded[0]?.status, undefined);
  });

  it('gives answers without a body as they are', async () => {
    const { fetch } = setUp(async () => new Response(null, { status: 204 }));
    assert.equal((await fetch('https://id.example/revoke')).status, 204);
  });

  it('stops reading an answer that does not end', async () => {
    let pulled = 0;
    const { fetch } = setUp(
      async () =>
        new Response(
          new ReadableStream({
            pull: (controller) => {
              pulled++;
              controller.enqueue(new Uint8Array(100_000));
            },
          }),
        ),
    );
    await assert.rejects(fetch('https://id.example/token'), /id\.example sent more than a sign-in has/);
    assert.ok(pulled < 20, String(pulled));
  });
});
