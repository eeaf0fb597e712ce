/** Ghost text with no key, no server and no network, typed into a real editor. */
import assert from 'node:assert/strict';
import { assertNoErrorsOf, screenshot } from './commands.ts';
import { goToNewLastLine, openFile, pressKey, savedText, typeForGhostText, typeText } from './editor.ts';
import { REAPER, demoFolder, fromSources, waitForWorkspaceModel } from './reaper.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('the embedded model in the editor', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await openWorkbench({
      extension: fromSources,
      template: demoFolder,
      settings: { 'editor.autoClosingBrackets': 'never' },
    });
    await openFile(workbench, 'shop/suppliers.ts');
    await waitForWorkspaceModel(workbench);
  });

  after(() => workbench?.close());

  it('completes a line that stands in another file, and Tab takes it', async () => {
    await goToNewLastLine(workbench);
    await typeText(workbench, 'export function renameSupplier(id: string, name: string): Supplier {\n');
    await typeForGhostText(workbench, 'if (', /^name\.trim\(\) === ''\) \{/);
    await screenshot(workbench, 'ghost-text-workspace-model');
    // From here on the suggest widget is open, and its selected entry goes first.
    await typeForGhostText(workbench, 'name.tr', /^im\(\) === ''\) \{/);
    await pressKey(workbench, 'Tab');
    assert.match(await savedText(workbench, 'shop/suppliers.ts'), /\n {2}if \(name\.trim\(\) === ''\) \{/);
  });

  it('leaves no error in the console', () => {
    assertNoErrorsOf(workbench, REAPER);
  });
});
