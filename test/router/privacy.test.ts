/** What the egress policy forbids reaches no socket: not by a request, a probe, a discovery, a test, or a redirect. */
import assert from 'node:assert/strict';
import type { ProviderDefinition } from '../../src/router/provider-definition.ts';
import { type ModelServer, startModelServer } from '../fakes/model-server.ts';
import { finish, text } from './part-wire.ts';
import {
  collect,
  createFixture,
  defineTestProvider,
  fimRequest,
  never,
  profileOf,
  type RouterFixture,
  textOf,
  until,
} from './router-fixture.ts';
import { credentialOf } from '../../src/router/credential.ts';

describe('privacy', () => {
  let forbidden: ModelServer;
  let allowed: ModelServer;
  let fixture: RouterFixture;

  beforeEach(async () => {
    forbidden = await startModelServer(({ answer }) => answer(200, {}, '{}'));
    allowed = await startModelServer(({ request, answer, begin, write, end }) => {
      if (request.path === '/probe') {
        answer(200, {}, '{}');
        return;
      }
      begin();
      write(text('allowed') + finish);
      end();
    });
    fixture = createFixture([]);
    fixture.egress.forbidden.add(new URL(forbidden.url).host);
  });

  afterEach(async () => {
    try {
      fixture.router.dispose();
    } finally {
      await Promise.all([forbidden.close(), allowed.close()]);
    }
  });

  it('passes a forbidden provider over without a word, and without a socket', async () => {
    fixture.setProfiles([
      profileOf(defineTestProvider('forbidden', { baseUrl: forbidden.url })),
      profileOf(defineTestProvider('allowed', { baseUrl: allowed.url })),
    ]);
    assert.equal(textOf(await collect(fixture.router.stream(fimRequest(), never))), 'allowed');
    assert.deepEqual(
      fixture.router.completionRoute().map(({ providerId }) => providerId),
      ['allowed'],
    );
    assert.equal(fixture.records.length, 1);
    assert.equal(forbidden.connections, 0);
    await until(() => fixture.egress.recorded.length === 1);
    assert.deepEqual(
      fixture.egress.recorded.map(({ url, purpose, providerId, status }) => ({ url, purpose, providerId, status })),
      [{ url: `${allowed.url}/stream`, purpose: 'completion', providerId: 'allowed', status: 200 }],
    );
  });

  it('names it when nobody else is left', async () => {
    fixture.setProfiles([profileOf(defineTestProvider('forbidden', { baseUrl: forbidden.url }))]);
    await assert.rejects(collect(fixture.router.stream(fimRequest(), never)), {
      kind: 'privacy',
      message: /forbidden: The settings forbid 127\.0\.0\.1/,
    });
    assert.equal(forbidden.connections, 0);
  });

  it('probes, discovers and tests nothing that is forbidden', async () => {
    const capabilities = { fim: 'probe' } as ProviderDefinition['capabilities'];
    const discovered = defineTestProvider('discovered', { baseUrl: forbidden.url, discover: true, capabilities });
    const profile = profileOf(defineTestProvider('set-up', { baseUrl: forbidden.url, capabilities }));
    fixture.setProfiles([profileOf(discovered), profile]);
    await until(() => fixture.egress.checked.length >= 2);
    await fixture.clock.advance(1_000_000);
    const result = await fixture.router.test(profile, never);
    assert.equal(result.reachable, false);
    assert.match(result.problem ?? '', /The settings forbid/);
    await assert.rejects(collect(fixture.router.stream(fimRequest(), never)), /set-up: The settings forbid/);
    assert.equal(forbidden.connections, 0);
    assert.deepEqual(fixture.egress.recorded, []);
  });

  it('asks about the real address of each request, not only about the base URL', async () => {
    const wandering = defineTestProvider('wandering', {
      baseUrl: allowed.url,
      wire: () =>
        Promise.resolve({
          stream: async function* (call) {
            await call.fetch(`${forbidden.url}/elsewhere`, { signal: call.signal });
            yield { type: 'finish', reason: 'stop' } as const;
          },
          probe: () => Promise.reject(new Error('not used')),
        }),
    });
    fixture.setProfiles([profileOf(wandering)]);
    await assert.rejects(collect(fixture.router.stream(fimRequest(), never)), { kind: 'privacy' });
    assert.equal(forbidden.connections, 0);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`does not follow a ${status} to another host, allowed or not`, async () => {
      allowed.script = ({ answer }) => answer(status, { location: `${forbidden.url}/stolen?key=abc` });
      fixture.setProfiles([profileOf(defineTestProvider('redirecting', { baseUrl: allowed.url }))]);
      await assert.rejects(collect(fixture.router.stream(fimRequest(), never)), (error: Error) => {
        assert.match(error.message, /redirects to http:\/\/127\.0\.0\.1:\d+; redirects are not followed/);
        assert.ok(!error.message.includes('stolen'));
        return true;
      });
      assert.equal(forbidden.connections, 0);
      assert.equal(allowed.requests.length, 1);
      assert.equal(fixture.egress.recorded[0]?.status, status);
    });
  }

  it('keeps the key out of errors, records and the log, even if the server quotes it', async () => {
    const key = 'sk-very-secret-0123456789';
    const token = 'header-secret-abcdef';
    const definition = defineTestProvider('quoting', { baseUrl: allowed.url, auth: 'api-key' });
    const profile = profileOf(definition, {
      credentials: () => Promise.resolve([credentialOf('api-key', ` ${key}\n`)]),
      headers: { 'x-api-token': token },
    });
    const quotes = [
      ['status', 401, JSON.stringify({ error: { message: `Incorrect API key provided: ${key}, ${token}` } })],
      ['page', 500, `<html>${key}`],
      ['text', 500, `${key} ${token} failed`],
      ['in-band', 200, `${JSON.stringify({ error: `${key} ${token}` })}\n`],
      ['garbage', 200, `${key} ${token}\n`],
    ] as const;
    for (const [name, status, body] of quotes) {
      fixture.setProfiles([profile]);
      allowed.script = ({ answer }) => answer(status, {}, body);
      await assert.rejects(collect(fixture.router.stream(fimRequest(), never)), (error: unknown) => {
        assert.ok(!containsSecret(error, [key, token]), `${name}: ${String(error)}`);
        return true;
      });
    }
    const tested = await fixture.router.test(profile, never);
    for (const secret of [key, token]) {
      assert.ok(!JSON.stringify([fixture.records, fixture.egress, fixture.router.health(), tested]).includes(secret));
      assert.ok(!fixture.log.join('\n').includes(secret));
    }
    assert.equal(allowed.requests[0]?.headers.authorization, `Bearer ${key}`);
  });
});

function containsSecret(value: unknown, secrets: readonly string[]): boolean {
  for (let current = value; current instanceof Error; current = current.cause) {
    const shown = `${current.message} ${current.stack ?? ''} ${JSON.stringify(current)}`;
    if (secrets.some((secret) => shown.includes(secret))) return true;
  }
  return false;
}
