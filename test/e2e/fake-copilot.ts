/** Stands in for Copilot's models in a server where nobody is signed in: an installed extension that lends some out by its vendor's name. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface FakeCopilot {
  /** Added to the environment of the server. */
  readonly env: Readonly<Record<string, string>>;
  /** What it was asked so far, one text a request: all its messages. */
  requests(): readonly string[];
}

/** Writes this for every hole. */
export const COPILOT_COMPLETION = 'copilotWroteThis(42);';

/** Installs it for servers with this data folder. */
export function installFakeCopilot(dataFolder: string): FakeCopilot {
  const folder = join(dataFolder, 'extensions', 'test.fake-copilot-1.0.0');
  const recordFile = join(dataFolder, 'fake-copilot.log');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'extension.js'), source);
  return {
    env: { FAKE_COPILOT_RECORD: recordFile },
    requests: () => (existsSync(recordFile) ? readFileSync(recordFile, 'utf8').trim().split('\n') : []),
  };
}

const manifest = {
  name: 'fake-copilot',
  publisher: 'test',
  version: '1.0.0',
  engines: { vscode: '^1.120.0' },
  main: './extension.js',
  activationEvents: ['*'],
  contributes: { languageModelChatProviders: [{ vendor: 'copilot', displayName: 'Copilot' }] },
};

const source = `
const { appendFileSync } = require('node:fs');
const vscode = require('vscode');
exports.activate = (context) => {
  context.subscriptions.push(
    vscode.lm.registerLanguageModelChatProvider('copilot', {
      provideLanguageModelChatInformation: () => [
        { id: 'fake-mini', name: 'Fake mini', family: 'fake', version: '1', maxInputTokens: 8000, maxOutputTokens: 1000, capabilities: { toolCalling: true, imageInput: true } },
      ],
      provideLanguageModelChatResponse: async (model, messages, options, progress) => {
        appendFileSync(process.env.FAKE_COPILOT_RECORD, JSON.stringify({ messages, options: options.modelOptions }) + '\\n');
        for (const piece of ['<completion>copilotWrote', 'This(42);', '</completion>']) {
          progress.report(new vscode.LanguageModelTextPart(piece));
        }
      },
      provideTokenCount: async (model, text) => String(text).length,
    }),
  );
};
`;
