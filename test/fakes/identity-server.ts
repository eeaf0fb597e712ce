/** A real OpenID Connect server on this machine, and the person in front of the browser who signs in there. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface IdentityServer {
  readonly issuer: string;
  /** Method and path of each request, in order. */
  readonly requests: string[];
  stop(): Promise<void>;
}

export const CLIENT_ID = 'desktop-client';
export const SECRET_CLIENT_ID = 'client-with-a-secret';
export const CLIENT_SECRET = 'client-secret-of-the-test-0123456789';

export async function startIdentityServer(): Promise<IdentityServer> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = withoutAdvice(() => new Provider(issuer, configuration));
  const requests: string[] = [];
  const handle = provider.callback();
  server.on('request', (request, response) => {
    requests.push(`${request.method} ${request.url?.split('?')[0]}`);
    void handle(request, response);
  });
  return { issuer, requests, stop: () => stop(server) };
}

interface Page {
  body: string;
}

const native = {
  application_type: 'native',
  // RFC 8252 §7.3: any port. The other one has a query of its own, as an editor in a browser makes them.
  redirect_uris: ['http://127.0.0.1/signed-in', 'http://127.0.0.1/callback?window=1&path=%2Fsigned-in'],
  response_types: ['code'],
  grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
};

const configuration = {
  clients: [
    { ...native, client_id: CLIENT_ID, token_endpoint_auth_method: 'none' },
    {
      ...native,
      client_id: SECRET_CLIENT_ID,
      client_secret: CLIENT_SECRET,
      token_endpoint_auth_method: 'client_secret_post',
    },
  ],
  features: {
    devInteractions: { enabled: true },
    deviceFlow: {
      enabled: true,
      userCodeInputSource: (context: Page, form: string) => {
        context.body = form;
      },
      successSource: (context: Page) => {
        context.body = 'Success';
      },
    },
    revocation: { enabled: true, allowedPolicy: () => true },
  },
  pkce: { required: () => true },
  scopes: ['openid', 'email', 'models'],
  claims: { openid: ['sub'], email: ['email'] },
  // Google puts the address into the token as well.
  conformIdTokenClaims: false,
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  findAccount: (_context: unknown, sub: string) => ({
    accountId: sub,
    claims: () => ({ sub, email: `${sub}@example.com` }),
  }),
  cookies: { keys: ['a key of the test'] },
  ttl: {
    AccessToken: 3600,
    DeviceCode: 600,
    Grant: 86_400,
    IdToken: 3600,
    Interaction: 3600,
    RefreshToken: 86_400,
    Session: 3600,
  },
};

/** The server advises people who run it for others. */
function withoutAdvice<T>(work: () => T): T {
  const { info, warn } = console;
  Object.assign(console, { info: () => undefined, warn: () => undefined });
  try {
    return work();
  } finally {
    Object.assign(console, { info, warn });
  }
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
}

/** A browser with one person: follows redirects, fills in the forms. Resolves with the address that leads away from the server. */
export async function signInAsUser(url: string, decision: 'allow' | 'deny' = 'allow'): Promise<URL> {
  const page = await browse(url, decision);
  if (page instanceof URL) {
    return page;
  }
  throw new Error(`The browser stayed at the server: ${page.slice(0, 300)}`);
}

/** Resolves with the last page, for the sign-in with a code. */
export async function enterCodeAsUser(
  verificationUrl: string,
  userCode: string,
  decision: 'allow' | 'deny' = 'allow',
): Promise<string> {
  const page = await browse(verificationUrl, decision, { user_code: userCode, confirm: 'yes' });
  return page instanceof URL ? page.href : page;
}

async function browse(
  start: string,
  decision: 'allow' | 'deny',
  typed: Record<string, string> = {},
): Promise<URL | string> {
  const origin = new URL(start).origin;
  const cookies = new Map<string, string>();
  let next: { url: URL; body?: URLSearchParams } = { url: new URL(start) };
  let decided = false;
  // A sign-in takes about ten steps; more is a circle.
  for (let step = 0; step < 30; step++) {
    const response = await fetch(next.url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
      ...(next.body !== undefined && { method: 'POST', body: next.body }),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const text = await response.text();
    const location = response.headers.get('location');
    const form = /<form[^>]*action="([^"]+)"[^>]*>([^]*?)<\/form>/.exec(text);
    if (location !== null) {
      next = { url: new URL(location, next.url) };
      if (next.url.origin !== origin) {
        return next.url;
      }
    } else if (form === null) {
      return text;
    } else if (decision === 'deny' && text.includes('value="consent"')) {
      next = { url: new URL(`${next.url.pathname}/abort`, origin) };
      decided = true;
    } else if (decided) {
      return text;
    } else {
      const hidden = [...(form[2] ?? '').matchAll(/<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)];
      const body = new URLSearchParams({ login: 'somebody', password: 'any', ...typed });
      hidden.forEach(([, name = '', value = '']) => body.set(name, value));
      next = { url: new URL(form[1] ?? '', next.url), body };
    }
  }
  throw new Error('The browser went in a circle.');
}
