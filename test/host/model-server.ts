/** A server on loopback that speaks enough of OpenAI's protocol to be tested and selected. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ModelServer {
  /** As it stands in a setting. */
  readonly baseUrl: string;
  /** `host:port` */
  readonly host: string;
  /** The headers of each request so far. */
  readonly requests: IncomingHttpHeaders[];
  stop(): Promise<void>;
}

/** Lists the models to those who have the key; without a key of its own it asks for none. */
export async function startModelServer(models: readonly string[], key?: string): Promise<ModelServer> {
  const requests: IncomingHttpHeaders[] = [];
  const server = createServer((request, response) => {
    requests.push(request.headers);
    const accepted = key === undefined || request.headers.authorization === `Bearer ${key}`;
    response.writeHead(accepted ? 200 : 401, { 'content-type': 'application/json' });
    const list = { object: 'list', data: models.map((id) => ({ id, object: 'model' })) };
    response.end(JSON.stringify(accepted ? list : { error: { message: 'Incorrect API key provided' } }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    baseUrl: `http://${host}/v1`,
    host,
    requests,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
