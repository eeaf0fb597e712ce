/** Using the editor of a running workbench as a person does: opening files, moving the cursor, typing, reading what is shown. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openQuickInput, runCommand, screenshot } from './commands.ts';
import type { Workbench } from './workbench.ts';

/** Generous: the first file of a language starts that language's server. */
const WAIT_MS = 60_000;
const RETYPE_ATTEMPTS = 4;

/** Opens a file of the workspace, by its path in the workspace, and puts the cursor into it. */
export async function openFile(workbench: Workbench, path: string): Promise<void> {
  const { page } = workbench;
  const name = path.split('/').at(-1) ?? path;
  const input = await openQuickInput(page, 'Control+P');
  await input.fill(path);
  await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name }).waitFor({ timeout: WAIT_MS });
  await page.keyboard.press('Enter');
  await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor({ timeout: WAIT_MS });
  await page.locator('.editor-group-container.active .monaco-editor.focused').waitFor({ timeout: WAIT_MS });
  await untilIdle(page);
}

/** Moves the cursor; both numbers count from one. */
export async function goTo(workbench: Workbench, line: number, column: number): Promise<void> {
  const { page } = workbench;
  const input = await openQuickInput(page, 'Control+G');
  await input.fill(`:${line}:${column}`);
  await page.keyboard.press('Enter');
  await page
    .locator('#status\\.editor\\.selection', { hasText: `Ln ${line}, Col ${column}` })
    .waitFor({ timeout: WAIT_MS });
}

/** Opens an empty line below the last one of the file and puts the cursor there. */
export async function goToNewLastLine(workbench: Workbench): Promise<void> {
  await workbench.page.keyboard.press('Control+End');
  await workbench.page.keyboard.press('Enter');
}

/** Presses the keys of `text`, one every `delayMs`. */
export async function typeText(workbench: Workbench, text: string, delayMs = 30): Promise<void> {
  await workbench.page.keyboard.type(text, { delay: delayMs });
}

export async function pressKey(workbench: Workbench, key: string): Promise<void> {
  await workbench.page.keyboard.press(key);
}

/** The ghost text that is shown now, with `\n` between its lines; empty if there is none. */
function ghostText(workbench: Workbench): Promise<string> {
  return workbench.page.evaluate(readGhostText);
}

/** Waits until the ghost text is the expected one, or matches. Fails with what was shown instead. */
export async function waitForGhostText(
  workbench: Workbench,
  expected: string | RegExp,
  timeoutMs = WAIT_MS,
): Promise<string> {
  const matches = (text: string): boolean => (typeof expected === 'string' ? text === expected : expected.test(text));
  let last = '';
  const deadline = Date.now() + timeoutMs;
  do {
    last = await ghostText(workbench);
    if (matches(last)) {
      return last;
    }
    await nextFrame(workbench.page);
  } while (Date.now() < deadline);
  await screenshot(workbench, 'no-ghost-text');
  const logs = workbench.extensionLogs();
  throw new Error(`Expected the ghost text ${String(expected)}, but saw ${JSON.stringify(last)}. The log:\n${logs}`);
}

/**
 * Types, waits for the ghost text, and types the last character anew if it does not come: on a busy machine the first request to
 * a server may find it too slow, and Reaper asks again at the next key.
 */
export async function typeForGhostText(workbench: Workbench, text: string, expected: string | RegExp): Promise<void> {
  await typeText(workbench, text);
  for (let attempt = 1; ; attempt++) {
    try {
      await waitForGhostText(workbench, expected, WAIT_MS / RETYPE_ATTEMPTS);
      return;
    } catch (error) {
      if (attempt === RETYPE_ATTEMPTS) {
        throw error;
      }
      await pressKey(workbench, 'Backspace');
      await typeText(workbench, text.slice(-1));
    }
  }
}

/** Waits until no ghost text is shown. */
export async function waitForNoGhostText(workbench: Workbench): Promise<void> {
  await waitForGhostText(workbench, '');
}

/** Saves the active file and returns what is on disk. */
export async function savedText(workbench: Workbench, path: string): Promise<string> {
  await runCommand(workbench, 'File: Save');
  await workbench.page.locator('.tab.active:not(.dirty)').waitFor({ timeout: WAIT_MS });
  return readFileSync(join(workbench.workspaceFolder, path), 'utf8');
}

/**
 * A new editor gets its ghost text part only when the window is idle; a key that is pressed before that is never asked about.
 * Idle callbacks run in the order in which they were asked for, so this one comes after it.
 */
function untilIdle(page: Page): Promise<unknown> {
  return page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
}

function nextFrame(page: Page): Promise<unknown> {
  return page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
}

/**
 * Runs in the page. The first line of ghost text stands in the text itself, with other classes while the suggest widget is open;
 * further lines stand in a zone below it.
 * Class names as of VS Code 1.139.
 */
function readGhostText(): string {
  const plain = (text: string | null): string => (text ?? '').replaceAll('\u00a0', ' ');
  const editor = document.querySelector('.editor-group-container.active .monaco-editor');
  if (editor === null) {
    return '';
  }
  const inLine = [...editor.querySelectorAll('.view-lines [class*="ghost-text-decoration"]')];
  const below = [...editor.querySelectorAll('.view-zones .suggest-preview-text .view-line')];
  return [inLine.map((span) => plain(span.textContent)).join(''), ...below.map((line) => plain(line.textContent))].join(
    '\n',
  );
}
