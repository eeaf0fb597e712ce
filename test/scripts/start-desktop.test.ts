import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectFolder } from '../../scripts/bootstrap/paths.mjs';
import { startDesktop } from '../../scripts/editor/start-desktop.ts';

describe('npm start on a desktop', () => {
  const getuid = process.getuid;
  let bin = '';

  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), 'reaper-bin-'));
  });

  afterEach(() => {
    Object.assign(process, { getuid });
    rmSync(bin, { recursive: true });
  });

  /** A `code` that only writes down, one to a line, what it was asked. */
  function fakeCode(exitCode: number): string {
    const file = join(bin, 'code');
    writeFileSync(
      file,
      `#!/bin/sh\nprintf '%s\\n' "$@" > ${join(bin, 'log')}\necho "no window" >&2\nexit ${exitCode}\n`,
    );
    chmodSync(file, 0o755);
    return file;
  }

  function asked(): string[] {
    return readFileSync(join(bin, 'log'), 'utf8').trim().split('\n');
  }

  it('opens the folder, trusted, in a window of its own with the extension of this checkout', async () => {
    Object.assign(process, { getuid: () => 1000 });
    await startDesktop(fakeCode(0), '/a folder');
    const expected = [
      `--extensionDevelopmentPath=${projectFolder}`,
      '--new-window',
      '--disable-workspace-trust',
      '/a folder',
    ];
    assert.deepEqual(asked(), expected);
  });

  it('gives root what VS Code asks of root', async () => {
    Object.assign(process, { getuid: () => 0 });
    await startDesktop(fakeCode(0), '/folder');
    assert.ok(asked().includes('--no-sandbox'));
    assert.ok(asked().some((argument) => argument.startsWith('--user-data-dir=')));
  });

  it('says what VS Code said when it does not open', async () => {
    await assert.rejects(
      startDesktop(fakeCode(3), '/folder'),
      /Opening VS Code failed \(exit code 3\)[\s\S]*no window/,
    );
  });
});
