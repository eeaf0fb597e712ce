/** The oracle in a process of its own, so that its work does not count as the client's. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CONTROL_PATH, type OracleOptions, type OracleRequest } from './server.ts';

export interface OracleProcess {
  readonly url: string;
  /** Changes the options; resolves with the requests since the last call, which are then forgotten. */
  configure(change: Partial<OracleOptions>): Promise<readonly OracleRequest[]>;
  close(): Promise<void>;
}

export async function startOracleProcess(options: Partial<OracleOptions>): Promise<OracleProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const url = /http:\/\/[\d.]+:\d+/.exec(line)?.[0];
  if (url === undefined) {
    child.kill();
    throw new Error(`The oracle did not start: ${line}`);
  }
  const configure = async (change: Partial<OracleOptions>): Promise<readonly OracleRequest[]> => {
    const response = await fetch(url + CONTROL_PATH, { method: 'POST', body: JSON.stringify(change) });
    return (await response.json()) as readonly OracleRequest[];
  };
  await configure(options);
  return {
    url,
    configure,
    close: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}
