import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, type Server, createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type FrontDoor, openFrontDoor } from '../../scripts/editor/front-door.ts';
import { closeAfterEach } from '../fakes/close-after-each.ts';

const TOKEN = 't'.repeat(64);
const KEY = Buffer.alloc(32, 7);

describe('the front door of the web editor', () => {
  const opened = closeAfterEach();

  let editor: Server;
  let door: FrontDoor;

  before(async () => {
    editor = createServer((incoming, response) => {
      response
        .writeHead(200, { 'set-cookie': 'a=b' })
        .end(`${incoming.method} ${incoming.url} ${incoming.headers.host}`);
    });
    editor.on('upgrade', (incoming, socket, head) => {
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n\r\n${incoming.url}:`);
      socket.write(head);
      socket.pipe(socket);
    });
    editor.listen(0, '127.0.0.1');
    await once(editor, 'listening');
    door = await openFrontDoor({
      serverPort: (editor.address() as AddressInfo).port,
      token: TOKEN,
      secretKeyHalf: KEY,
      folder: '/a folder',
      port: 0,
      ifTaken: 'fail',
    });
  });

  after(() => {
    door.close();
    editor.close();
    editor.closeAllConnections();
  });

  async function ask(
    path: string,
    options: { method?: string; headers?: Record<string, string> } = {},
  ): Promise<Reply> {
    const outgoing = request({ host: '127.0.0.1', port: door.port, path, ...options });
    outgoing.end();
    const [reply] = (await once(outgoing, 'response')) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of reply) {
      chunks.push(chunk as Buffer);
    }
    return { status: reply.statusCode, headers: reply.headers, body: Buffer.concat(chunks) };
  }

  interface Reply {
    readonly status: number | undefined;
    readonly headers: IncomingMessage['headers'];
    readonly body: Buffer;
  }

  it('leads from the short address to the folder', async () => {
    const reply = await ask(`/?tkn=${TOKEN}`);
    assert.equal(reply.status, 302);
    assert.equal(reply.headers.location, `/?tkn=${TOKEN}&folder=%2Fa+folder`);
  });

  it('does not lead anybody who lacks the token', async () => {
    assert.equal((await ask('/?tkn=wrong')).status, 200);
    assert.match((await ask('/')).body.toString(), /^GET \/ /);
  });

  it('passes everything else on as it came, and says where the key is', async () => {
    const reply = await ask('/static/x.js?y=1', { headers: { host: `localhost:${door.port}` } });
    assert.equal(reply.body.toString(), `GET /static/x.js?y=1 localhost:${door.port}`);
    assert.deepEqual(reply.headers['set-cookie'], ['a=b', 'vscode-secret-key-path=/mint-key; Path=/; SameSite=Strict']);
  });

  it('hands out the key only to a session', async () => {
    const cookie = `other=1; vscode-tkn=${TOKEN}`;
    assert.deepEqual((await ask('/mint-key', { method: 'POST', headers: { cookie } })).body, KEY);
    assert.equal((await ask('/mint-key', { method: 'POST' })).status, 403);
    assert.equal((await ask('/mint-key', { method: 'GET', headers: { cookie } })).status, 403);
  });

  it('is closed to names that a foreign site has pointed here', async () => {
    assert.equal((await ask(`/?tkn=${TOKEN}`, { headers: { host: 'evil.example' } })).status, 403);
    assert.match(await upgrade('evil.example'), /^$/);
  });

  it('passes sockets through in both directions', async () => {
    assert.match(await upgrade('127.0.0.1'), /101 Switching Protocols[\s\S]*\/socket\?x=1:hello$/);
  });

  it('closes the connection when the editor is gone', async () => {
    const alone = opened(
      await openFrontDoor({
        serverPort: 1,
        token: TOKEN,
        secretKeyHalf: KEY,
        folder: '/',
        port: 0,
        ifTaken: 'fail',
      }),
    );
    await assert.rejects(fetch(`http://127.0.0.1:${alone.port}/x`));
  });

  it('takes another port when the last one is taken, but not when it was asked for', async () => {
    const options = { serverPort: 1, token: TOKEN, secretKeyHalf: KEY, folder: '/', port: door.port } as const;
    await assert.rejects(
      openFrontDoor({ ...options, ifTaken: 'fail' }),
      /Port \d+ is taken\. Choose another one with --port/,
    );
    const other = opened(await openFrontDoor({ ...options, ifTaken: 'take-another' }));
    assert.notEqual(other.port, door.port);
  });

  async function upgrade(host: string): Promise<string> {
    const socket = connect(door.port, '127.0.0.1');
    const lines = [
      'GET /socket?x=1 HTTP/1.1',
      `Host: ${host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      '',
      'hello',
    ];
    socket.write(lines.join('\r\n'));
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString();
      if (received.endsWith('hello')) {
        socket.end();
      }
    });
    await once(socket, 'close');
    return received;
  }
});
