import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { diskFiles } from '../../src/codebase/disk-files.ts';
import { createTemporaryWorkspace } from '../privacy/temporary-workspace.ts';

describe('files on disk', () => {
  it('are read as text, and everything else is undefined', async () => {
    const workspace = await createTemporaryWorkspace({
      'a.ts': '\uFEFFtext ä',
      'folder/b.ts': 'x',
      'folder/a.ts': 'x',
    });
    await writeFile(workspace.path('binary'), Buffer.from([1, 0, 2]));
    await workspace.link('a.ts', 'linked.ts');
    assert.equal(await diskFiles.readText(workspace.path('a.ts'), 100), 'text ä');
    assert.equal(await diskFiles.readText(workspace.path('a.ts'), 3), undefined);
    assert.equal(await diskFiles.readText(workspace.path('binary'), 100), undefined);
    assert.equal(await diskFiles.readText(workspace.path('folder'), 100), undefined);
    assert.equal(await diskFiles.readText(workspace.path('missing'), 100), undefined);
    assert.deepEqual(await diskFiles.list(workspace.path('folder')), ['a.ts', 'b.ts']);
    assert.deepEqual(await diskFiles.list(workspace.path('missing')), []);
    assert.equal((await diskFiles.facts(workspace.path('a.ts')))?.type, 'file');
    assert.equal((await diskFiles.facts(workspace.path('folder')))?.type, 'folder');
    assert.equal(await diskFiles.facts(workspace.path('missing')), undefined);
    assert.equal(await diskFiles.realPath(workspace.path('linked.ts')), workspace.path('a.ts'));
    await workspace.dispose();
  });

  it('are not waited for when they are pipes', async function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const workspace = await createTemporaryWorkspace();
    execFileSync('mkfifo', [workspace.path('pipe.ts')]);
    assert.equal(await diskFiles.readText(workspace.path('pipe.ts'), 100), undefined);
    assert.equal(await diskFiles.facts(workspace.path('pipe.ts')), undefined);
    await workspace.dispose();
  });
});
