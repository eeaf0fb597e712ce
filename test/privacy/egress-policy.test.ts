import assert from 'node:assert/strict';
import { ReaperError } from '../../src/base/errors.ts';
import { createEgress, type EgressPolicy, type EgressSettings } from '../../src/privacy/egress-policy.ts';
import type { PrivacyWorkspace } from '../../src/privacy/ignore-files.ts';
import type { Privacy, WorkspacePrivacy } from '../../src/privacy/privacy.ts';
import type { PrivacyService } from '../../src/privacy/create-privacy.ts';
import type { WorkspaceFiles } from '../../src/editor/ports.ts';
import type { Egress } from '../../src/router/egress.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';

/** Privacy imports neither the router nor the editor: that it fits their ports is checked by the compiler here. */
export const fitsTheRouter = (policy: EgressPolicy): Egress => policy;
export const fitsTheEditor = (files: WorkspaceFiles): PrivacyWorkspace => files;
export const fitsBothContracts = (service: PrivacyService): Privacy & WorkspacePrivacy => service;

function policyOf(settings: Partial<EgressSettings>): EgressPolicy {
  return createEgress({
    settings: () => ({ localOnly: true, localHosts: [], ...settings }),
    clock: createFakeClock(0, Date.UTC(2026, 10, 20)),
  });
}

function isAllowed(url: string, localHosts: readonly string[] = []): boolean {
  try {
    policyOf({ localHosts }).check({ url });
    return true;
  } catch (error) {
    assert.ok(error instanceof ReaperError && error.kind === 'privacy' && !error.retryable);
    return false;
  }
}

describe('local-only mode', () => {
  it('allows loopback', () => {
    for (const url of [
      'http://127.0.0.1:11434/api/generate',
      'http://127.255.0.3/',
      'https://localhost/v1',
      'http://LOCALHOST:8080',
      'http://model.localhost:8080/',
      'http://[::1]:8080/',
      'http://[0:0:0:0:0:0:0:1]/',
      'http://[::ffff:127.0.0.1]/',
      // Spellings that `fetch` itself turns into 127.0.0.1.
      'http://2130706433/',
      'http://0x7f.1/',
      'http://0177.0.0.1/',
      'http://127.1/',
      'http://user:password@localhost/',
    ]) {
      assert.ok(isAllowed(url), url);
    }
  });

  it('refuses everything else, whatever it looks like', () => {
    for (const url of [
      'https://api.example.com/v1',
      'http://127.0.0.1.evil.com/',
      'http://localhost.evil.com/',
      'http://evil.com/localhost',
      'http://evil.com?127.0.0.1',
      'http://evil.com#@localhost',
      'http://localhost@evil.com/',
      'http://localhost:80@evil.com/',
      'http://127.0.0.1%40evil.com/',
      'http://evillocalhost/',
      'http://localhost./',
      'http://localhostx/',
      'http://local.host/',
      'http://myhost.local/',
      'http://printer.lan/',
      'http://intranet/',
      'http://134744072/',
      'http://0x08080808/',
      'http://010.8.8.8/',
      'http://0.0.0.0/',
      'http://0/',
      'http://[::]/',
      'http://[::ffff:8.8.8.8]/',
      'http://[::127.0.0.1]/',
      'http://[64:ff9b::7f00:1]/',
      'http://[fe80::1]/',
      'http://[fe80::1%25lo]/',
      'http://192.168.1.20/',
      'http://10.0.0.1/',
      'http://169.254.169.254/latest/meta-data',
      'http://128.0.0.1/',
      'http://126.255.255.255/',
      'ftp://localhost/',
      'file:///etc/passwd',
      'data:text/plain,x',
      'ws://localhost/',
      'javascript:alert(1)',
      'localhost:8080',
      '//localhost/',
      '/v1/completions',
      'http://',
      'http://lоcalhost/',
      'http://127.0.0.1\u200b.evil.com/',
      '',
    ]) {
      assert.ok(!isAllowed(url), url);
    }
  });

  it('allows what the user listed, and no more than that', () => {
    const listed = [
      'gpu.lan',
      '192.168.1.20:11434',
      '10.1.0.0/16',
      'fd00::/8',
      '[fe80::1]:8080',
      '2001:db8::5',
      'Büro.example',
    ];
    for (const url of [
      'http://gpu.lan/',
      'https://GPU.lan:9999/x',
      'http://192.168.1.20:11434/api',
      'http://10.1.255.255:1/',
      'http://167837697/',
      'http://[fd12:3456::1]/',
      'http://[fe80::1]:8080/',
      'http://[2001:db8::5]:99/',
      'http://xn--bro-hoa.example/',
    ]) {
      assert.ok(isAllowed(url, listed), url);
    }
    for (const url of [
      'http://gpu.lan.evil.com/',
      'http://xgpu.lan/',
      'http://gpu.lan@evil.com/',
      'http://192.168.1.20/',
      'http://192.168.1.20:80/',
      'http://192.168.1.21:11434/',
      'http://10.2.0.1/',
      'http://10.1.0.1.evil.com/',
      'http://[fe80::1]/',
      'http://[2001:db8::6]/',
    ]) {
      assert.ok(!isAllowed(url, listed), url);
    }
  });

  it('takes the default port of the scheme for a listed port', () => {
    assert.ok(isAllowed('https://gpu.lan/', ['gpu.lan:443']));
    assert.ok(!isAllowed('http://gpu.lan/', ['gpu.lan:443']));
  });

  it('names entries that cannot be used, and takes them for nothing', () => {
    const bad = [
      'http://gpu.lan',
      'a b',
      '*.lan',
      '0.0.0.0/0',
      '::/0',
      '10.0.0.0/7',
      '10.0.0.0/33',
      '0.0.0.0',
      '',
      'x@y',
      '1.2.3.4/x',
    ];
    const policy = policyOf({ localHosts: bad });
    assert.equal(policy.problems().length, bad.length);
    for (const problem of policy.problems()) {
      assert.match(problem, /^reaper\.privacy\.localHosts: ".*" is not used: /);
    }
    for (const url of ['http://gpu.lan/', 'http://8.8.8.8/', 'http://10.0.0.1/', 'http://0.0.0.0/', 'http://y/']) {
      assert.ok(!isAllowed(url, bad), url);
    }
  });

  it('counts as soon as it is turned on, and its refusal names host and setting, but no path and no key', () => {
    let localOnly = false;
    const policy = createEgress({ settings: () => ({ localOnly, localHosts: [] }), clock: createFakeClock() });
    const url = 'https://user:pw@api.example.com:8443/v1/secret-path?key=abcdef';
    policy.check({ url });
    localOnly = true;
    assert.throws(
      () => policy.check({ url }),
      (error: unknown) =>
        error instanceof ReaperError &&
        error.message.includes('api.example.com:8443') &&
        error.message.includes('reaper.privacy.localOnly') &&
        !/secret-path|abcdef|pw/.test(error.message),
    );
  });
});

describe('the egress log', () => {
  const request = {
    url: 'https://user:pw@api.example.com/v1/chat?key=AIza-secret#x',
    purpose: 'completion',
    providerId: 'acme',
    bytesSent: 1200,
    bytesReceived: 340,
    status: 200,
  } as const;

  it('says host, bytes, purpose, time and status, and never a path, a query or a key', () => {
    const policy = policyOf({ localOnly: false });
    const heard: string[] = [];
    policy.log.onEntry(({ host }) => heard.push(host));
    policy.record(request);
    policy.record({ ...request, url: 'not a url', status: undefined });
    assert.deepEqual(heard, ['api.example.com', '(no host)']);
    assert.deepEqual(policy.log.entries()[0], {
      at: Date.UTC(2026, 10, 20),
      host: 'api.example.com',
      purpose: 'completion',
      providerId: 'acme',
      bytesSent: 1200,
      bytesReceived: 340,
      status: 200,
    });
    const text = policy.log.toText();
    assert.match(text, /2026-11-20T00:00:00\.000Z\tapi\.example\.com\tcompletion\tacme\t1200\t340\t200/);
    assert.match(text, /no answer/);
    assert.doesNotMatch(text + JSON.stringify(policy.log.entries()), /pw|secret|v1|chat/);
  });

  it('hides a key that is part of the host', () => {
    const policy = policyOf({});
    policy.record({ ...request, url: `https://glpat-${'aB3dE6gH9j'.repeat(3)}.example.com/` });
    assert.doesNotMatch(policy.log.toText(), /ab3de6/i);
  });

  it('keeps the latest ones, in order', () => {
    const policy = policyOf({});
    for (let index = 0; index < 5_003; index++) {
      policy.record({ ...request, bytesSent: index });
    }
    const entries = policy.log.entries();
    assert.equal(entries.length, 5_000);
    assert.equal(entries[0]?.bytesSent, 3);
    assert.equal(entries.at(-1)?.bytesSent, 5_002);
  });
});
