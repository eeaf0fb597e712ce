import assert from 'node:assert/strict';
import fc from 'fast-check';
import { geminiParameters } from '../../../src/router/wire/gemini-schema.ts';

/** Every keyword that Gemini's schema has a field for. */
const FIELDS: ReadonlySet<string> = new Set(
  'type format description nullable enum items minItems maxItems properties required minimum maximum minLength maxLength pattern anyOf'.split(
    ' ',
  ),
);

function assertKnown(schema: unknown): void {
  assert.ok(typeof schema === 'object' && schema !== null);
  const record = schema as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(record)) assert.ok(FIELDS.has(key), `the keyword ${key}`);
  if ('anyOf' in record) assert.deepEqual(Object.keys(record), ['anyOf']);
  else assert.match(String(record['type']), /^(?:string|number|integer|boolean|array|object|null)$/);
  if (record['type'] === 'array') assertKnown(record['items']);
  for (const branch of (record['anyOf'] ?? []) as readonly unknown[]) assertKnown(branch);
  for (const property of Object.values(record['properties'] ?? {})) assertKnown(property);
}

describe("a tool's parameters for Gemini", () => {
  it('lose what Gemini does not know, at every depth', () => {
    assert.deepEqual(
      geminiParameters({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        type: 'object',
        additionalProperties: false,
        properties: {
          path: { type: 'string', title: 'Path', default: '.', minLength: 1, format: 'uri-reference' },
          when: { type: 'string', format: 'date-time' },
          mode: { const: 'fast', description: 'How.' },
          level: { type: 'integer', enum: [1, 2] },
          list: { type: 'array', uniqueItems: true, items: { type: ['string', 'null'] } },
          pair: { type: 'array', prefixItems: [{ type: 'number' }] },
          any: { type: 'array' },
          bag: { type: 'object', additionalProperties: { type: 'string' } },
        },
        required: ['path', 'absent'],
      }),
      {
        type: 'object',
        properties: {
          path: { type: 'string', minLength: 1 },
          when: { type: 'string', format: 'date-time' },
          mode: { type: 'string', enum: ['fast'], description: 'How.' },
          level: { type: 'integer', description: 'One of: [1,2]' },
          list: { type: 'array', items: { type: 'string', nullable: true } },
          pair: { type: 'array', items: { type: 'number' } },
          any: { type: 'array', items: { type: 'string' } },
          bag: { type: 'object' },
        },
        required: ['path'],
      },
    );
  });

  it('have references put in place, alternatives alone, and parts made one', () => {
    assert.deepEqual(
      geminiParameters({
        type: 'object',
        $defs: { point: { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] } },
        properties: {
          at: { $ref: '#/$defs/point', description: 'Where.' },
          either: { description: 'Lost beside it.', oneOf: [{ type: 'string' }, { type: 'integer' }] },
          maybe: { anyOf: [{ type: 'string', enum: ['a'] }, { type: 'null' }], description: 'Perhaps.' },
          several: { type: ['string', 'integer'] },
          both: { allOf: [{ $ref: '#/$defs/point' }, { properties: { y: { type: 'number' } }, required: ['y'] }] },
        },
      }),
      {
        type: 'object',
        properties: {
          at: { type: 'object', properties: { x: { type: 'number' } }, required: ['x'], description: 'Where.' },
          either: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
          maybe: { description: 'Perhaps.', type: 'string', enum: ['a'], nullable: true },
          several: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
          both: {
            type: 'object',
            properties: { x: { type: 'number' }, y: { type: 'number' } },
            required: ['x', 'y'],
          },
        },
      },
    );
  });

  it('are one object, where the tool has alternatives for the whole of them', () => {
    const one = (name: string): object => ({
      type: 'object',
      properties: { [name]: { type: 'string' } },
      required: [name],
    });
    assert.deepEqual(
      geminiParameters({ properties: { id: { type: 'string' } }, required: ['id'], oneOf: [one('path'), one('url')] }),
      {
        type: 'object',
        properties: { url: { type: 'string' }, path: { type: 'string' }, id: { type: 'string' } },
        required: ['id'],
      },
    );
  });

  it('are left out where there are none', () => {
    assert.equal(geminiParameters({ type: 'object', properties: {} }), undefined);
    assert.equal(geminiParameters({ type: 'object', additionalProperties: false }), undefined);
  });

  it('come to an end with a schema that holds itself, or points to nothing', () => {
    const node = { type: 'object', properties: { next: { $ref: '#' }, lost: { $ref: '#/nowhere' } } };
    assertKnown(geminiParameters(node));
    assertKnown(geminiParameters({ type: 'object', properties: { a: { $ref: '#/properties/a' } } }));
  });

  it('stay small where references make a small schema grow without an end', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => {
        const next = { $ref: `#/$defs/d${index + 1}` };
        return [`d${index}`, { type: 'object', properties: { a: next, b: next, c: next } }];
      }),
    );
    const cleaned = geminiParameters({ type: 'object', $defs, properties: { root: { $ref: '#/$defs/d0' } } });
    assert.ok(JSON.stringify(cleaned).length < 200_000);
  });

  it('have no unknown keyword, whatever a server calls a schema', () => {
    const { schema } = fc.letrec((tie) => ({
      schema: fc.oneof(
        { maxDepth: 4, depthIdentifier: 'schema' },
        fc.constantFrom({ type: 'string' }, {}, { $ref: '#' }),
        fc.record(
          {
            type: fc.oneof(
              fc.constantFrom('object', 'array', 'string', 'null', 'NUMBER'),
              fc.array(fc.string()),
              fc.anything(),
            ),
            properties: fc.oneof(fc.dictionary(fc.string(), tie('schema'), { maxKeys: 3 }), fc.anything()),
            items: fc.oneof(tie('schema'), fc.anything()),
            anyOf: fc.oneof(fc.array(tie('schema'), { maxLength: 3 }), fc.anything()),
            oneOf: fc.array(tie('schema'), { maxLength: 2 }),
            allOf: fc.array(tie('schema'), { maxLength: 2 }),
            enum: fc.anything(),
            const: fc.anything(),
            required: fc.anything(),
            $ref: fc.constantFrom('#', '#/properties/a', '#/$defs/b', 'https://elsewhere', 7),
            additionalProperties: fc.boolean(),
          },
          { requiredKeys: [] },
        ),
      ),
    }));
    fc.assert(
      fc.property(schema, (any) => {
        const cleaned = geminiParameters(any);
        if (cleaned !== undefined) assertKnown(cleaned);
      }),
      { numRuns: 200 },
    );
  });
});
