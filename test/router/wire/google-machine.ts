/** A machine with application-default credentials, and Google's servers on loopback. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ModelServer, type Script, startModelServer } from '../../fakes/model-server.ts';

const VARIABLES = ['GOOGLE_APPLICATION_CREDENTIALS', 'google_application_credentials', 'CLOUDSDK_CONFIG'];

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const serviceAccountKey = publicKey;
export const serviceAccount = {
  type: 'service_account',
  project_id: 'my-project',
  private_key_id: 'k1',
  private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  client_email: 'reaper@my-project.iam.gserviceaccount.com',
  token_uri: 'https://oauth2.googleapis.com/token',
};

export interface GoogleMachine {
  /** Makes this the file that GOOGLE_APPLICATION_CREDENTIALS names. */
  useFile(content: object | string): void;
  /** Makes this the file that `gcloud auth application-default login` writes. */
  useLogin(content: object): void;
  leave(): void;
}

/** Without any credentials at first; what the real machine has is out of sight until `leave`. */
export function enterGoogleMachine(): GoogleMachine {
  const folder = mkdtempSync(join(tmpdir(), 'reaper-google-'));
  const saved = VARIABLES.map((name) => [name, process.env[name]] as const);
  for (const name of VARIABLES) delete process.env[name];
  process.env['CLOUDSDK_CONFIG'] = folder;
  return {
    useFile(content) {
      const path = join(folder, 'credentials.json');
      writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
      process.env['GOOGLE_APPLICATION_CREDENTIALS'] = path;
    },
    useLogin: (content) => writeFileSync(join(folder, 'application_default_credentials.json'), JSON.stringify(content)),
    leave() {
      for (const [name, value] of saved) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
      rmSync(folder, { recursive: true });
    },
  };
}

export interface GoogleServers {
  readonly server: ModelServer;
  /** Leads everything that goes to Google to the server, with the true host in the path: `/host/path`. */
  readonly fetch: typeof globalThis.fetch;
  close(): Promise<void>;
}

export async function startGoogleServers(script: Script): Promise<GoogleServers> {
  const server = await startModelServer(script);
  return {
    server,
    fetch: (input, init) => {
      const { host, pathname, search } = new URL(input instanceof Request ? input.url : input);
      return globalThis.fetch(`${server.url}/${host}${pathname}${search}`, init);
    },
    close: () => server.close(),
  };
}
