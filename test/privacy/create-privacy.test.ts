import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Emitter } from '../../src/base/event.ts';
import { createPrivacy, type PrivacyService, type PrivacySettings } from '../../src/privacy/create-privacy.ts';
import type { FileReader } from '../../src/privacy/file-reader.ts';
import { WINDOW_MARGIN } from '../../src/privacy/secrets.ts';
import { createFakeClock } from '../fakes/fake-clock.ts';

const quiet = { onFileChanged: new Emitter<never>().event, onFoldersChanged: new Emitter<void>().event };

/** Files by normal path; a path that ends with `!` exists and cannot be read. */
function memoryReader(files: Readonly<Record<string, string>>): FileReader {
  return {
    readText: (path) =>
      files[`${path}!`] === undefined ? Promise.resolve(files[path]) : Promise.reject(new Error('EACCES')),
    exists: (path) => Promise.resolve(Object.keys(files).some((file) => file === path || file.startsWith(`${path}/`))),
    realPath: (path) => Promise.resolve(path),
  };
}

function privacyOf(
  files: Readonly<Record<string, string>>,
  settings: Partial<PrivacySettings> = {},
  windows = false,
): PrivacyService {
  return createPrivacy({
    workspace: { ...quiet, folders: [windows ? 'C:\\Project' : '/project'] },
    settings: () => ({ localOnly: false, localHosts: [], excludedFiles: [], ...settings }),
    clock: createFakeClock(),
    reader: memoryReader(files),
    platform: { windows, ignoreCase: windows },
    homeFolder: undefined,
  });
}

describe('privacy', () => {
  it('joins ignore files, files of secrets and the excluded files of the settings', async () => {
    const privacy = privacyOf({ '/project/.gitignore': 'dist' }, { excludedFiles: ['*.sql'] });
    const reasonOf = async (path: string): Promise<string | undefined> => {
      const verdict = await privacy.readAhead(`file:///project/${path}`);
      return verdict.allowed ? undefined : verdict.reason;
    };
    assert.equal(await reasonOf('dist/a.ts'), '.gitignore: dist');
    assert.equal(await reasonOf('.env'), 'a file of secrets by its name: .env');
    assert.equal(await reasonOf('a.sql'), 'reaper.privacy.excludedFiles: *.sql');
    assert.equal(await reasonOf('a.ts'), undefined);
  });

  it('does not let a .reaperignore of the workspace open a file of secrets', async () => {
    const privacy = privacyOf({ '/project/.reaperignore': '!.env\n!*.pem' });
    assert.equal((await privacy.readAhead('file:///project/.env')).allowed, false);
    assert.equal((await privacy.readAhead('file:///project/a.pem')).allowed, false);
  });

  it('works with Windows paths: drives, case, streams, trailing dots', async () => {
    const privacy = privacyOf({ 'c:/Project/.gitignore': 'Dist/\n' }, { excludedFiles: ['private\\'] }, true);
    const isAllowed = async (uri: string): Promise<boolean> => (await privacy.readAhead(uri)).allowed;
    assert.equal(await isAllowed('file:///c%3A/Project/src/a.ts'), true);
    assert.equal(await isAllowed('file:///c%3A/Project/dist/a.ts'), false);
    assert.equal(await isAllowed('C:\\Project\\DIST\\a.ts'), false);
    assert.equal(await isAllowed('file:///C:/Project/.env.'), false);
    assert.equal(await isAllowed('file:///C:/Project/.env::$DATA'), false);
    assert.equal(await isAllowed('file:///c:/project/Private/x.ts'), false);
    assert.equal(await isAllowed('file:///d%3A/elsewhere/a.ts'), true);
  });

  it('says no for everything below an ignore file that cannot be read', async () => {
    const privacy = privacyOf({ '/project/a/.reaperignore!': '', '/project/b/x.ts': '' });
    assert.deepEqual(await privacy.readAhead('file:///project/a/deep/x.ts'), {
      allowed: false,
      reason: '/project/a: .reaperignore cannot be read (EACCES)',
    });
    assert.equal((await privacy.readAhead('file:///project/b/x.ts')).allowed, true);
  });

  it('applies changed settings at once and says that they changed', async () => {
    const changed = new Emitter<void>();
    let excludedFiles: readonly string[] = [];
    const privacy = createPrivacy({
      workspace: { ...quiet, folders: ['/project'] },
      settings: () => ({ localOnly: false, localHosts: [], excludedFiles }),
      onSettingsChanged: changed.event,
      clock: createFakeClock(),
      reader: memoryReader({}),
      platform: { windows: false, ignoreCase: false },
      homeFolder: undefined,
    });
    let announced = 0;
    privacy.onVerdictsChanged(() => announced++);
    assert.equal((await privacy.readAhead('file:///project/a.ts')).allowed, true);
    excludedFiles = ['a.ts', '!x'];
    changed.fire();
    assert.equal(announced, 1);
    assert.equal(privacy.mayRead('file:///project/a.ts').allowed, false);
    assert.equal(privacy.problems().length, 1);
    privacy.dispose();
    assert.equal(changed.listenerCount, 0);
  });

  it('keeps a secret out of both halves of a prompt when the cursor stands in it', () => {
    const privacy = privacyOf({});
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]{36}$/), fc.nat(36), (body, cut) => {
        const text = `const a = 1;\nconst token = "ghp_${body}";\nnext();\n`;
        const cursor = text.indexOf(body) + cut;
        const prefix = privacy.withoutSecretsIn(text, 0, cursor);
        const suffix = privacy.withoutSecretsIn(text, cursor, text.length);
        for (let at = 0; at + 6 <= body.length; at++) {
          assert.ok(!`${prefix} ${suffix}`.includes(body.slice(at, at + 6)), prefix + suffix);
        }
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('has a margin that covers a key of 4,096 bits', () => {
    const lines = Array.from({ length: 50 }, (_, line) => `${line}`.padStart(3, 'Qx').repeat(22).slice(0, 64));
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${lines.join('\n')}\n-----END RSA PRIVATE KEY-----\n`;
    assert.ok(key.length < WINDOW_MARGIN);
  });

  it('detects secrets as the contract says', () => {
    const privacy = privacyOf({});
    assert.equal(privacy.hasSecret('const a = 1;'), false);
    assert.equal(privacy.hasSecret('password = "hunter2!"'), true);
    assert.equal(privacy.withoutSecrets('password = "hunter2!"'), 'password = "REDACTED_PASSWORD"');
  });
});
