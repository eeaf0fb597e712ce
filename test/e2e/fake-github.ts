/** Stands in for VS Code's own GitHub sign-in, in a server that was made without it: an installed extension that keeps a record. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FakeGitHub {
  /** Added to the environment of the server. */
  readonly env: Readonly<Record<string, string>>;
  /** What it was asked to do so far: `get <scopes>`, `create <scopes>`. */
  record(): readonly string[];
}

export const GITHUB_TOKEN = 'gho_fakeTokenOfTheTest0123456789abcdef';
export const GITHUB_ACCOUNT = 'octocat';
/** As the palette shows it. */
export const GITHUB_SIGN_OUT = 'Fake GitHub: Sign Out';

/** Installs it for servers with this data folder. */
export function installFakeGitHub(dataFolder: string): FakeGitHub {
  const folder = join(dataFolder, 'extensions', 'test.fake-github-1.0.0');
  const recordFile = join(dataFolder, 'fake-github.log');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'extension.js'), source);
  return {
    env: { FAKE_GITHUB_RECORD: recordFile },
    record: () => (existsSync(recordFile) ? readFileSync(recordFile, 'utf8').trim().split('\n') : []),
  };
}

const manifest = {
  name: 'fake-github',
  publisher: 'test',
  version: '1.0.0',
  engines: { vscode: '^1.120.0' },
  main: './extension.js',
  activationEvents: ['onAuthenticationRequest:github'],
  contributes: {
    authentication: [{ id: 'github', label: 'GitHub' }],
    commands: [{ command: 'fakeGitHub.signOut', title: 'Sign Out', category: 'Fake GitHub' }],
  },
};

const source = `
const { appendFileSync } = require('node:fs');
const vscode = require('vscode');
const note = (line) => appendFileSync(process.env.FAKE_GITHUB_RECORD, line + '\\n');
exports.activate = (context) => {
  const changed = new vscode.EventEmitter();
  let sessions = [];
  const remove = () => {
    const removed = sessions;
    sessions = [];
    changed.fire({ added: [], removed, changed: [] });
  };
  context.subscriptions.push(
    vscode.authentication.registerAuthenticationProvider('github', 'GitHub', {
      onDidChangeSessions: changed.event,
      getSessions: async (scopes) => {
        note('get ' + (scopes ?? ['all']).join(' '));
        return sessions.filter((session) => (scopes ?? []).every((scope) => session.scopes.includes(scope)));
      },
      createSession: async (scopes) => {
        note('create ' + scopes.join(' '));
        const account = { id: '1', label: '${GITHUB_ACCOUNT}' };
        const session = { id: 'session-' + Date.now(), accessToken: '${GITHUB_TOKEN}', account, scopes: [...scopes] };
        sessions = [session];
        changed.fire({ added: [session], removed: [], changed: [] });
        return session;
      },
      removeSession: async () => remove(),
    }),
    vscode.commands.registerCommand('fakeGitHub.signOut', remove),
  );
};
`;
