/** Ghost text from a model that VS Code lends out, in an editor whose Copilot is the test's. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertNoErrorsOf } from './commands.ts';
import { goToNewLastLine, openFile, pressKey, savedText, typeForGhostText } from './editor.ts';
import { COPILOT_COMPLETION, type FakeCopilot, installFakeCopilot } from './fake-copilot.ts';
import { REAPER, demoFolder, fromSources, waitForReaper } from './reaper.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

describe('a model that VS Code lends out', () => {
  let dataFolder: string;
  let copilot: FakeCopilot;
  let workbench: Workbench;

  before(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'reaper-copilot-'));
    copilot = installFakeCopilot(dataFolder);
    workbench = await openWorkbench({
      extension: fromSources,
      template: demoFolder,
      dataFolder,
      env: copilot.env,
      settings: {
        'reaper.completion.providers': ['copilot'],
        'reaper.providers.copilot.completionModel': 'fake-mini',
        'editor.autoClosingBrackets': 'never',
      },
    });
    await waitForReaper(workbench, /Completes with .*Copilot/);
  });

  after(async () => {
    await workbench?.close();
    rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('fills the hole at the cursor', async () => {
    await openFile(workbench, 'shop/suppliers.ts');
    await goToNewLastLine(workbench);
    await typeForGhostText(workbench, 'const x = ', COPILOT_COMPLETION);
    await pressKey(workbench, 'Tab');
    assert.ok((await savedText(workbench, 'shop/suppliers.ts')).includes(`const x = ${COPILOT_COMPLETION}`));
    const [first = ''] = copilot.requests();
    assert.match(first, /inline completion of a code editor/);
    assert.match(first, /"max_tokens"/);
  });

  it('leaves no error in the console', () => {
    assertNoErrorsOf(workbench, REAPER);
  });
});
