import assert from 'node:assert/strict';
import { createSecretFiles } from '../../src/privacy/secret-files.ts';

const platform = { windows: false, ignoreCase: false };
const FOLDERS = ['/home/u/project'];

function isAllowed(path: string, excluded: readonly string[] = []): boolean {
  return createSecretFiles(excluded, platform).verdict(`/home/u/project/${path}`, FOLDERS).allowed;
}

describe('secret files', () => {
  it('are known by their names, at any depth and in any case', () => {
    for (const path of [
      '.env',
      'a/b/.env',
      '.env.local',
      '.env.production',
      'prod.env',
      '.ENV',
      '.envrc',
      '.dev.vars',
      'server.pem',
      'Server.KEY',
      'x.p12',
      'x.pfx',
      'vault.kdbx',
      'id_rsa',
      'id_rsa.bak',
      'id_ed25519',
      '.npmrc',
      '.netrc',
      '.pypirc',
      '.git-credentials',
      'secrets.yml',
      'secrets.json',
      '.secrets.toml',
      'secrets.prod.yaml',
      'credentials',
      'credentials.json',
      'db_credentials.json',
      'client_secret_123.json',
      'service-account-prod.json',
      'prod.tfvars',
      'terraform.tfstate',
      '.bash_history',
      'home/.ssh/config',
      'home/.aws/config',
      'home/.kube/config',
      '.git/config',
    ]) {
      assert.equal(isAllowed(path), false, path);
    }
  });

  it('are not code about secrets, nor examples', () => {
    for (const path of [
      '.env.example',
      '.env.sample',
      '.env.template',
      'prod.env.example',
      '.env.local.example',
      'env.ts',
      'environment.ts',
      'src/secrets.ts',
      'src/credentials.py',
      'src/secret-files.ts',
      'keyboard.ts',
      'key.ts',
      'tokens.json',
      'package.json',
      'ssh/config.ts',
      'aws/client.ts',
      '.gitignore',
      '.github/workflows/ci.yml',
    ]) {
      assert.equal(isAllowed(path), true, path);
    }
  });

  it('are named by the rule', () => {
    assert.deepEqual(createSecretFiles([], platform).verdict('/x/a.pem', FOLDERS), {
      allowed: false,
      reason: 'a file of secrets by its name: *.pem',
    });
  });

  it("are also what the user's globs name, relative to the workspace folder", () => {
    const globs = ['*.sql', 'config/private/', '/data/**/*.csv', 'notes\\*.md'];
    assert.equal(isAllowed('a/b/dump.SQL', globs), false);
    assert.equal(isAllowed('config/private/x/y.ts', globs), false);
    assert.equal(isAllowed('other/config/private/x.ts', globs), true);
    assert.equal(isAllowed('data/a/b.csv', globs), false);
    assert.equal(isAllowed('notes/x.md', globs), false);
    assert.equal(isAllowed('a.ts', globs), true);
  });

  it('cannot be allowed by a glob of the user, and such an entry is named', () => {
    const files = createSecretFiles(['!.env', '', '*.sql'], platform);
    assert.equal(files.verdict('/home/u/project/.env', FOLDERS).allowed, false);
    assert.equal(files.problems.length, 2);
    assert.match(files.problems[0] ?? '', /reaper\.privacy\.excludedFiles: "!\.env" is not used/);
  });

  it('are judged at once by globs made to take long', () => {
    const hostile = ['*a*a*a*b', '**/a/**/a/**/a/**/b', '{a,a}'.repeat(20), '*{a*,a*}*b', '+(a|aa|a?)+(a|aa)+(a|aa)b'];
    const files = createSecretFiles(hostile, platform);
    assert.equal(files.verdict(`/home/u/project/${'a'.repeat(255)}`, FOLDERS).allowed, true);
    assert.equal(files.problems.length, hostile.length - 1);
  });
});
