/** Every provider's answer, given a second time: the same text without a request, unless chance had a part in it. */
import assert from 'node:assert/strict';
import type { ModelServer } from '../fakes/model-server.ts';
import { collect, never, type RouterFixture, textOf } from '../router/router-fixture.ts';
import {
  contentTypeOf,
  holeRequest,
  holesIn,
  profileAt,
  providersUnderTest,
  readyFixture,
  startDialectServer,
  streamText,
} from './dialects.ts';

for (const provider of providersUnderTest()) {
  const { definition, dialect } = provider;
  describe(`kept answers of ${definition.id}`, () => {
    let server: ModelServer;
    let fixture: RouterFixture;

    beforeEach(async () => {
      server = await startDialectServer(dialect, (exchange) =>
        exchange.answer(200, { 'content-type': contentTypeOf(dialect) }, streamText(dialect)),
      );
      fixture = await readyFixture([profileAt(provider, server)], { routing: { responseCache: true } });
    });

    afterEach(async () => {
      try {
        fixture.router.dispose();
      } finally {
        await server.close();
      }
    });

    it('come again word for word and for nothing, if they are whole and nothing was left out', async () => {
      const ask = (): Promise<Awaited<ReturnType<typeof collect>>> =>
        collect(fixture.router.stream(holeRequest({ temperature: 0 }), never));
      const first = await ask();
      const second = await ask();
      assert.equal(textOf(first), dialect.text);
      assert.equal(textOf(second), dialect.text);
      const end = first.at(-1);
      // Some recorded answers were cut at their length.
      const isWhole = end?.type === 'finish' && end.reason === 'stop';
      const isKept = isWhole && !first.some(({ type }) => type === 'warning');
      assert.equal(holesIn(server, dialect), isKept ? 1 : 2);
      assert.equal(fixture.records[1]?.reason, isKept ? 'cache' : 'first choice');
      assert.equal(fixture.records[1]?.bytesReceived === 0, isKept);
    });

    it('are asked for anew where nobody said that chance has no part in them', async () => {
      for (let i = 0; i < 2; i++) await collect(fixture.router.stream(holeRequest(), never));
      assert.equal(holesIn(server, dialect), 2);
    });
  });
}
