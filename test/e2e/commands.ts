/** The parts of a running workbench around the editor: commands, status bar, notifications, pictures. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { resultsFolder } from '../../scripts/bootstrap/paths.mjs';
import type { Workbench } from './workbench.ts';

const WAIT_MS = 60_000;
const KEY_ATTEMPTS = 6;

/** All that is needed of a workbench here. */
type WithPage = Pick<Workbench, 'page'>;

/** Runs a command through the palette, by the title that stands there: `Category: Title`. */
export async function runCommand(workbench: WithPage, title: string): Promise<void> {
  const { page } = workbench;
  const input = await openQuickInput(page, 'F1');
  await input.fill(`>${title}`);
  // The row's label goes on with key bindings; its first part is the title to the letter.
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
  await row.waitFor({ timeout: WAIT_MS });
  await row.click();
}

/** Opens an input at the top of the window with a key; pressed again if something that was still loading swallowed it. */
export async function openQuickInput(page: Page, key: string): Promise<Locator> {
  const input = page.locator('.quick-input-widget input[type="text"]').first();
  for (let attempt = 1; ; attempt++) {
    await page.keyboard.press(key);
    try {
      await input.waitFor({ timeout: WAIT_MS / KEY_ATTEMPTS });
      return input;
    } catch (error) {
      if (attempt === KEY_ATTEMPTS) {
        throw error;
      }
    }
  }
}

/**
 * Waits for an item of the status bar to show this text; icons do not count. The id is `<extension id>.<item id>`, or one of
 * VS Code's own.
 */
export async function waitForStatus(workbench: WithPage, id: string, text: string | RegExp): Promise<void> {
  await workbench.page.locator(`.statusbar-item[id="${id}"]`, { hasText: text }).waitFor({ timeout: WAIT_MS });
}

/** Leaves a picture of the whole window in `test-results/screenshots/<name>.png`; returns its path. */
export async function screenshot(workbench: Workbench, name: string): Promise<string> {
  const folder = join(resultsFolder, 'screenshots');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.png`);
  await workbench.page.screenshot({ path });
  return path;
}

/** Console errors that name the extension: proposed API, faulty manifest, exceptions and rejections that nobody handled. */
export function errorsOf(workbench: Workbench, extensionId: string): readonly string[] {
  return workbench.consoleErrors().filter((text) => text.includes(extensionId));
}

/** Fails if the extension has left any error in the console. */
export function assertNoErrorsOf(workbench: Workbench, extensionId: string): void {
  assert.deepEqual(errorsOf(workbench, extensionId), []);
}
