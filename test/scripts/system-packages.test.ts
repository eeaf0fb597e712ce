import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureSystemPackages } from '../../scripts/editor/system-packages.ts';

const NEEDS = [
  { debianPackage: 'libkrb5-dev', program: 'krb5-config' },
  { debianPackage: 'make', program: 'make' },
];

describe('packages of the operating system', () => {
  const before = { path: process.env['PATH'], getuid: process.getuid };
  let bin = '';

  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), 'reaper-bin-'));
    process.env['PATH'] = bin;
  });

  afterEach(() => {
    process.env['PATH'] = before.path;
    Object.assign(process, { getuid: before.getuid });
    rmSync(bin, { recursive: true });
  });

  function program(name: string, script = ''): void {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }

  function actAs(userId: number): void {
    Object.assign(process, { getuid: () => userId });
  }

  it('are left alone when everything is there', async () => {
    program('krb5-config');
    program('make');
    await ensureSystemPackages(NEEDS, 'a test');
  });

  it('are there too where a file shows it', async () => {
    program('make');
    const needs = (file: string) => [{ debianPackage: 'libkrb5-dev', program: join(bin, file) }];
    await ensureSystemPackages(needs('make'), 'a test');
    await assert.rejects(ensureSystemPackages(needs('absent'), 'a test'), /Missing/);
  });

  it('are installed through apt by root: only what is missing, after an update', async () => {
    actAs(0);
    program('make');
    program('apt-get', `echo "$@" >> ${join(bin, 'log')}`);
    await ensureSystemPackages(NEEDS, 'a test');
    const calls = readFileSync(join(bin, 'log'), 'utf8').trim().split('\n');
    assert.equal(calls.length, 2);
    assert.match(calls[0] ?? '', /update$/);
    assert.match(calls[1] ?? '', /install -y --no-install-recommends libkrb5-dev$/);
  });

  it('are named, with the command to run, to anybody else', async () => {
    actAs(1000);
    program('apt-get', 'exit 1');
    await assert.rejects(
      ensureSystemPackages(NEEDS, 'a test'),
      /needed for a test[\s\S]*sudo apt-get update && sudo apt-get install -y libkrb5-dev make/i,
    );
  });

  it('are named where there is no apt', async () => {
    await assert.rejects(
      ensureSystemPackages(NEEDS, 'a test'),
      /Missing on the PATH: krb5-config, make\. Needed for a test/,
    );
  });

  it('say what apt said when it fails', async () => {
    actAs(0);
    program('apt-get', 'echo "E: no network" >&2; exit 100');
    await assert.rejects(
      ensureSystemPackages(NEEDS, 'a test'),
      /apt-get update failed \(exit code 100\)[\s\S]*E: no network/,
    );
  });
});
