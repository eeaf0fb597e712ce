/** Signing in through VS Code's own dialogs, in an editor whose GitHub is the test's. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertNoErrorsOf, runCommand, screenshot, waitForStatus } from './commands.ts';
import { type FakeGitHub, GITHUB_ACCOUNT, GITHUB_SIGN_OUT, GITHUB_TOKEN, installFakeGitHub } from './fake-github.ts';
import { REAPER, REAPER_STATUS, demoFolder, fromSources } from './reaper.ts';
import { type Workbench, openWorkbench } from './workbench.ts';

const WAIT_MS = 30_000;

describe('signing in', () => {
  let dataFolder: string;
  let github: FakeGitHub;
  let workbench: Workbench;

  before(async () => {
    dataFolder = mkdtempSync(join(tmpdir(), 'reaper-github-'));
    github = installFakeGitHub(dataFolder);
    workbench = await openWorkbench({
      extension: fromSources,
      template: demoFolder,
      dataFolder,
      env: github.env,
      // With this on, nothing of a sign-in may leave the machine either.
      settings: { 'reaper.privacy.localOnly': true },
      server: { withoutGitHubSignIn: true },
    });
    await waitForStatus(workbench, REAPER_STATUS, 'Reaper');
  });

  after(async () => {
    await workbench?.close();
    rmSync(dataFolder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** In the list of notifications, which is emptied then: under the driver of tests VS Code lets none of them pop up. */
  const notification = async (text: string): Promise<void> => {
    await runCommand(workbench, 'Notifications: Show Notifications');
    await workbench.page
      .locator('.notifications-center .notification-list-item', { hasText: text })
      .first()
      .waitFor({ timeout: WAIT_MS });
    await runCommand(workbench, 'Notifications: Clear All Notifications');
  };
  const choose = async (label: string): Promise<void> => {
    await workbench.page
      .locator('.quick-input-list .monaco-list-row', { hasText: label })
      .first()
      .click({ timeout: WAIT_MS });
  };
  const answerDialog = async (button: string): Promise<void> => {
    const dialog = workbench.page.locator('.monaco-dialog-box');
    await dialog.getByRole('button', { name: button, exact: true }).click({ timeout: WAIT_MS });
    await dialog.waitFor({ state: 'detached', timeout: WAIT_MS });
  };

  it('asks nobody for anything before the user does', () => {
    // VS Code itself looks for accounts, for its menu; with these scopes nobody has.
    assert.ok(!github.record().join().includes('read:user'));
  });

  it('leaves things as they are when the user says no', async () => {
    await runCommand(workbench, 'Reaper: Sign In…');
    await choose('GitHub account');
    await workbench.page.locator('.monaco-dialog-box').waitFor({ timeout: WAIT_MS });
    await screenshot(workbench, 'sign-in-with-github');
    await answerDialog('Cancel');
    await runCommand(workbench, 'Reaper: Sign Out…');
    await notification('Reaper uses no account.');
    assert.deepEqual(
      github.record().filter((line) => line.startsWith('create')),
      [],
    );
  });

  it('signs in with the least that says who it is', async () => {
    await runCommand(workbench, 'Reaper: Sign In…');
    await choose('GitHub account');
    await answerDialog('Allow');
    await notification(`Reaper uses the GitHub account ${GITHUB_ACCOUNT} now.`);
    assert.deepEqual(
      github.record().filter((line) => line.startsWith('create')),
      ['create read:user user:email'],
    );
  });

  it('signs in once more where the user asks for it, for another account or a session that is no longer good', async () => {
    await runCommand(workbench, 'Reaper: Sign In…');
    await choose(GITHUB_ACCOUNT);
    await answerDialog('Allow');
    await notification(`Reaper uses the GitHub account ${GITHUB_ACCOUNT} now.`);
    assert.equal(github.record().filter((line) => line.startsWith('create')).length, 2);
  });

  it('signs out: ends its own use, and says how to leave entirely', async () => {
    await runCommand(workbench, 'Reaper: Sign Out…');
    await choose(GITHUB_ACCOUNT);
    await notification('Reaper no longer uses your GitHub account.');
    await runCommand(workbench, 'Reaper: Sign Out…');
    await notification('Reaper uses no account.');
  });

  it('follows when the account is signed out elsewhere', async () => {
    await runCommand(workbench, 'Reaper: Sign In…');
    await choose('GitHub account');
    await notification(`Reaper uses the GitHub account ${GITHUB_ACCOUNT} now.`);
    const before = github.record().length;
    await runCommand(workbench, GITHUB_SIGN_OUT);
    // It looks for itself, with scopes that nobody else asks for, and finds nothing.
    while (!github.record().slice(before).includes('get read:user user:email')) {
      await workbench.page.waitForTimeout(50);
    }
    await runCommand(workbench, 'Reaper: Sign Out…');
    await notification('Reaper uses no account.');
  });

  it('asks for the client of the own project for Google, and sends nothing that the settings forbid', async () => {
    const type = async (prompt: string, text: string): Promise<void> => {
      const box = workbench.page.locator('.quick-input-widget', { hasText: prompt });
      await box.waitFor({ timeout: WAIT_MS });
      await box.locator('input').first().fill(text);
      await workbench.page.keyboard.press('Enter');
    };
    await runCommand(workbench, 'Reaper: Sign In…');
    await choose('Google account');
    await answerDialog('Allow');
    await type('The client id of your own Google Cloud project', 'a-client-id.apps.example');
    await type('The client secret that Google shows', 'a-client-secret-0123456789');
    await choose('In the browser, then paste its address here');
    await notification('Reaper: Nothing is sent to accounts.google.com because reaper.privacy.localOnly is on');
    assert.ok(!workbench.extensionLogs().includes('a-client-secret'));
  });

  it('leaves no token in a log and no error in the console', () => {
    assert.ok(workbench.extensionLogs().includes('Signed in with a GitHub account'));
    assert.ok(!workbench.extensionLogs().includes(GITHUB_TOKEN));
    assertNoErrorsOf(workbench, REAPER);
  });
});
