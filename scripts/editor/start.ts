/** What `npm start` does after set-up: the desktop's VS Code if there is one, otherwise VS Code as a web page. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectFolder } from '../bootstrap/paths.mjs';
import { SetupError } from '../bootstrap/progress.mjs';
import { hasDisplay, startDesktop } from './start-desktop.ts';
import { startWeb } from './start-web.ts';
import { findProgram } from './system-packages.ts';

export interface StartChoice {
  /** The web page even where there is a desktop VS Code. */
  readonly web: boolean;
  /** Whether a browser window is opened on the page. */
  readonly open: boolean;
  /** Absolute path of the folder to work in. */
  readonly folder: string;
  readonly port: number | undefined;
  /** Forgets the settings, keys and layout of earlier starts. */
  readonly reset: boolean;
  /** Where the page keeps settings, keys and layout; `undefined`: in the cache, one place for each checkout. */
  readonly data: string | undefined;
}

const HELP = `npm start                       VS Code with Reaper on the demo workspace: desktop "code" if it is on the
                                PATH and there is a display, otherwise a web page
npm start -- --web              always as a web page
npm start -- --folder <path>    on another folder
npm start -- --port <number>    the page on this port, instead of the last one or a free one
npm start -- --no-open          print the address, open no browser
npm start -- --data <path>      keep settings, keys and layout of the page there
npm start -- --reset            forget settings, keys and layout of earlier starts of the web page
`;

/** `undefined`: help was asked for, and given. */
export function parseStartArguments(args: readonly string[]): StartChoice | undefined {
  const values = parse(args);
  if (values.help === true) {
    process.stdout.write(HELP);
    return undefined;
  }
  const folder = resolve(values.folder ?? join(projectFolder, 'demo'));
  if (!existsSync(folder)) {
    throw new SetupError(`There is no folder ${folder}.`);
  }
  const port = values.port === undefined ? undefined : Number(values.port);
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536)) {
    throw new SetupError(`--port takes a number from 1 to 65535, not ${values.port}.`);
  }
  return {
    web: values.web === true,
    open: values['no-open'] !== true,
    folder,
    port,
    reset: values.reset === true,
    data: values.data === undefined ? undefined : resolve(values.data),
  };
}

export async function start(choice: StartChoice): Promise<void> {
  const code = choice.web || !hasDisplay() ? undefined : findProgram(['code']);
  if (code === undefined) {
    await startWeb(choice);
  } else {
    await startDesktop(code, choice.folder);
  }
}

interface StartValues {
  readonly help?: boolean | undefined;
  readonly web?: boolean | undefined;
  readonly 'no-open'?: boolean | undefined;
  readonly reset?: boolean | undefined;
  readonly folder?: string | undefined;
  readonly port?: string | undefined;
  readonly data?: string | undefined;
}

function parse(args: readonly string[]): StartValues {
  try {
    return parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        web: { type: 'boolean' },
        'no-open': { type: 'boolean' },
        reset: { type: 'boolean' },
        folder: { type: 'string' },
        port: { type: 'string' },
        data: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new SetupError(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
}
