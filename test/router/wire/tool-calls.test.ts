import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { StreamPart } from '../../../src/router/stream-part.ts';
import { createToolCalls } from '../../../src/router/wire/tool-calls.ts';

type Piece = Readonly<Record<string, unknown>>;

function partsOf(pieces: readonly unknown[], answer: 'whole' | 'cut' = 'whole'): readonly StreamPart[] {
  const calls = createToolCalls();
  return [...pieces.flatMap((piece) => calls.push(piece)), ...calls.end(answer)];
}

interface Call {
  readonly id: string;
  readonly name: string;
  readonly json: string;
  readonly ended: boolean;
}

/** The calls as a caller puts them together; fails where parts come that belong to none, or behind an end. */
function callsIn(parts: readonly StreamPart[]): readonly Call[] {
  const calls = new Map<string, Call>();
  for (const part of parts) {
    if (part.type === 'tool-call-start') {
      assert.ok(!calls.has(part.id), `${part.id} begins twice`);
      calls.set(part.id, { id: part.id, name: part.name, json: '', ended: false });
    } else if (part.type === 'tool-call-delta' || part.type === 'tool-call-end') {
      const call = calls.get(part.id);
      assert.ok(call !== undefined && !call.ended, `${part.type} of ${part.id}`);
      const json = part.type === 'tool-call-delta' ? part.json : '';
      calls.set(part.id, { ...call, json: call.json + json, ended: part.type === 'tool-call-end' });
    }
  }
  return [...calls.values()];
}

const named = (name: string, json: string, rest: Piece = {}): Piece => ({
  ...rest,
  function: { name, arguments: json },
});
const further = (json: string, rest: Piece = {}): Piece => ({ ...rest, function: { arguments: json } });

describe('tool calls that are streamed', () => {
  const manners: readonly (readonly [manner: string, pieces: readonly Piece[]])[] = [
    [
      'with an index',
      [
        named('a', '', { index: 0, id: 'x' }),
        further('{"n":', { index: 0 }),
        further('1}', { index: 0 }),
        named('b', '{}', { index: 1, id: 'y' }),
      ],
    ],
    [
      'interleaved',
      [
        named('a', '{"n"', { index: 0, id: 'x' }),
        named('b', '{', { index: 1, id: 'y' }),
        further(':1}', { index: 0 }),
        further('}', { index: 1 }),
      ],
    ],
    ['without an index', [named('a', '{"n":', { id: 'x' }), further('1}'), named('b', '{}', { id: 'y' })]],
    [
      'with the id in every piece',
      [named('a', '{"n":', { id: 'x' }), further('1}', { id: 'x' }), named('b', '{}', { id: 'y' })],
    ],
    [
      'with id and name in every piece',
      [
        named('a', '{"n":', { id: 'x', index: 0 }),
        named('a', '1}', { id: 'x', index: 0 }),
        named('b', '{}', { id: 'y', index: 1 }),
      ],
    ],
    [
      'with another id in every piece',
      [
        named('a', '{"n":', { id: 'x', index: 0 }),
        further('1}', { id: 'z', index: 0 }),
        named('b', '{}', { id: 'y', index: 1 }),
      ],
    ],
    [
      'whole and all under one index',
      [named('a', '{"n":1}', { id: 'x', index: 0 }), named('b', '{}', { id: 'y', index: 0 })],
    ],
    [
      'with the name after the arguments have begun',
      [
        further('{"n":', { id: 'x', index: 0 }),
        named('a', '1}', { index: 0 }),
        named('b', '{}', { id: 'y', index: 1 }),
      ],
    ],
    [
      'as objects',
      [
        { id: 'x', index: 0, function: { name: 'a', arguments: { n: 1 } } },
        { id: 'y', index: 1, function: { name: 'b', arguments: {} } },
      ],
    ],
    [
      'with nulls',
      [
        { id: 'x', index: 0, type: null, function: { name: 'a', arguments: null } },
        { index: 0, id: null, function: { name: null, arguments: '{"n":1}' } },
        null as unknown as Piece,
        named('b', '', { id: 'y', index: 1 }),
      ],
    ],
  ];
  for (const [manner, pieces] of manners) {
    it(`are read ${manner}`, () => {
      assert.deepEqual(callsIn(partsOf(pieces)), [
        { id: 'x', name: 'a', json: '{"n":1}', ended: true },
        { id: 'y', name: 'b', json: '{}', ended: true },
      ]);
    });
  }

  it('get ids of ours where the server gives none, or one for two', () => {
    const pieces = [
      named('a', '{}', { id: '', index: 0 }),
      named('a', '{}', { index: 1 }),
      named('b', '{}'),
      named('b', '{}'),
    ];
    const twice = [named('a', '{}', { id: 'same', index: 0 }), named('b', '{}', { id: 'same', index: 1 })];
    for (const [sent, names] of [
      [pieces, 'aabb'],
      [twice, 'ab'],
    ] as const) {
      const calls = callsIn(partsOf(sent));
      assert.equal(calls.map(({ name }) => name).join(''), names);
      assert.equal(new Set(calls.map(({ id }) => id)).size, names.length);
      assert.ok(calls.every(({ json, ended }) => json === '{}' && ended));
    }
  });

  it('are kept apart where the arguments of one never became JSON', () => {
    const pieces = [named('a', '{"n":', { id: 'x' }), named('b', '{}', { id: 'y' })];
    assert.deepEqual(
      callsIn(partsOf(pieces)).map(({ json }) => json),
      ['{"n":', '{}'],
    );
  });

  it('that nobody named are left out with a word', () => {
    const parts = partsOf([further('{"n":1}', { id: 'x', index: 0 })]);
    assert.deepEqual(
      parts.map(({ type }) => type),
      ['warning'],
    );
  });

  it('are passed on with arguments that are no JSON: only the caller can tell the model', () => {
    assert.deepEqual(callsIn(partsOf([named('a', '{"n":', { id: 'x', index: 0 })])), [
      { id: 'x', name: 'a', json: '{"n":', ended: true },
    ]);
  });

  it('end only where they are whole, if the answer was cut', () => {
    const pieces = [
      named('a', '{}', { id: 'x', index: 0 }),
      named('b', '{"n', { id: 'y', index: 1 }),
      named('c', '', { id: 'z', index: 2 }),
    ];
    assert.deepEqual(
      callsIn(partsOf(pieces, 'cut')).map(({ ended }) => ended),
      [true, false, false],
    );
  });

  it('of any shape break nothing', () => {
    const shape = fc.oneof(
      fc.jsonValue(),
      fc.record({
        index: fc.oneof(fc.integer(), fc.string(), fc.constant(null)),
        id: fc.oneof(fc.string(), fc.integer(), fc.constant(null)),
        function: fc.oneof(fc.jsonValue(), fc.record({ name: fc.jsonValue(), arguments: fc.jsonValue() })),
      }),
    );
    fc.assert(fc.property(fc.array(shape, { maxLength: 12 }), (pieces) => void callsIn(partsOf(pieces))));
  });

  it('have the same arguments in whatever pieces and turns they come', () => {
    const call = fc.record({
      name: fc.constantFrom('a', 'b'),
      value: fc.jsonValue({ maxDepth: 2 }),
      size: fc.integer({ min: 1, max: 9 }),
    });
    fc.assert(
      fc.property(
        fc.array(call, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(3), { maxLength: 60 }),
        (wanted, turns) => {
          const queues = wanted.map(({ name, value, size }, index) => {
            const json = JSON.stringify({ value });
            const rest = Array.from({ length: Math.ceil(json.length / size) }, (_, at) =>
              further(json.slice(at * size, (at + 1) * size), { index }),
            );
            return [named(name, '', { index, id: `call_${index}` }), ...rest];
          });
          const order = [
            ...turns.map((turn) => turn % queues.length),
            ...queues.flatMap((queue, index) => queue.map(() => index)),
          ];
          const pieces = order.flatMap((index) => queues[index]?.splice(0, 1) ?? []);
          const calls = callsIn(partsOf(pieces));
          assert.deepEqual(
            new Map(calls.map(({ id, name, json }) => [id, [name, json]])),
            new Map(wanted.map(({ name, value }, index) => [`call_${index}`, [name, JSON.stringify({ value })]])),
          );
        },
      ),
    );
  });
});
