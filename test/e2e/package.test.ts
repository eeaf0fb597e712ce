/** What users get: the VSIX, installed by VS Code itself, works like the sources it was made from. */
import assert from 'node:assert/strict';
import { makeVsix } from '../../scripts/package/make-vsix.ts';
import { assertNoErrorsOf, screenshot } from './commands.ts';
import { goToNewLastLine, openFile, pressKey, savedText, typeForGhostText } from './editor.ts';
import { REAPER, demoFolder, waitForWorkspaceModel } from './reaper.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

/** Issue 2 wants a download of at most 5 MB. */
const MAX_BYTES = 5_000_000;

describe('the package', () => {
  let workbench: Workbench;

  before(async () => {
    const { file, bytes } = await makeVsix();
    assert.ok(bytes <= MAX_BYTES, `${bytes} bytes`);
    workbench = await openWorkbench({ extension: { type: 'vsix', file }, template: demoFolder });
  });

  after(() => workbench?.close());

  it('installs, starts and completes', async () => {
    await openFile(workbench, 'shop/suppliers.ts');
    await waitForWorkspaceModel(workbench);
    await goToNewLastLine(workbench);
    await typeForGhostText(workbench, 'export function removeSupplier(id: string): vo', /^id \{/);
    await screenshot(workbench, 'ghost-text-package');
    await pressKey(workbench, 'Tab');
    assert.match(await savedText(workbench, 'shop/suppliers.ts'), /removeSupplier\(id: string\): void \{/);
    assertNoErrorsOf(workbench, REAPER);
  });
});
