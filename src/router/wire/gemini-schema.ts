/**
 * JSON Schema brought down to what Gemini takes for a function's parameters: a part of OpenAPI's schema. One keyword that it does
 * not know fails the whole request. https://ai.google.dev/api/caching#Schema
 */
import { type JsonRecord, asRecord, listAt, recordAt, textAt } from './json.ts';

// What `Schema` has a field for; `title`, `default` and `example` say nothing that the description does not.
const KEPT_AS_THEY_ARE = ['minItems', 'maxItems', 'minimum', 'maximum', 'minLength', 'maxLength', 'pattern'];
const TYPES: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);
const FORMATS: ReadonlySet<string> = new Set(['date-time', 'int32', 'int64', 'float', 'double']);
// Deeper than any schema that a model could follow.
const DEEPEST = 12;
// More than any honest tool has: references can make a small schema grow without an end.
const MOST_PLACES = 2000;

/** `undefined`: the function takes nothing. An object without properties is refused. */
export function geminiParameters(schema: JsonRecord): JsonRecord | undefined {
  // At the top only one object is taken: what each alternative wants may be given, and nothing of it must.
  const { anyOf: _anyOf, oneOf: _oneOf, ...rest } = schema;
  const alternatives = recordsIn([...listAt(schema, 'anyOf'), ...listAt(schema, 'oneOf')]);
  const optional = alternatives.map(({ required: _required, ...alternative }) => alternative);
  const one = { ...rest, type: 'object', allOf: [...listAt(schema, 'allOf'), ...optional] };
  const cleaned = clean(one, { root: schema, depth: 0, within: [], budget: { left: MOST_PLACES } });
  return cleaned['properties'] === undefined ? undefined : cleaned;
}

interface Place {
  /** Where `$ref` begins to look. */
  readonly root: JsonRecord;
  readonly depth: number;
  /** References that lead here: one that leads to itself is not followed again. */
  readonly within: readonly string[];
  readonly budget: { left: number };
}

function clean(original: JsonRecord, place: Place): JsonRecord {
  if (place.depth > DEEPEST || place.budget.left-- <= 0) return { type: 'string' };
  const { schema, within } = flattened(original, place);
  const deeper: Place = { ...place, depth: place.depth + 1, within };
  const branches = recordsIn([...listAt(schema, 'anyOf'), ...listAt(schema, 'oneOf')]);
  const types = typesOf(schema);
  const isNullable = schema['nullable'] === true || types.includes('null') || branches.some(isNull);
  const nullable = isNullable ? { nullable: true } : {};
  const choices = branches.filter((branch) => !isNull(branch));
  const only = choices.length === 1 ? choices[0] : undefined;
  if (only !== undefined) {
    const inner = clean(only, deeper);
    return 'anyOf' in inner ? inner : { ...described(schema), ...inner, ...nullable };
  }
  const plain = types.filter((type) => type !== 'null');
  // Beside `anyOf` nothing else may stand.
  if (choices.length > 1) return { anyOf: choices.map((choice) => clean(choice, deeper)) };
  if (plain.length > 1) return { anyOf: plain.map((type) => clean({ ...schema, type, nullable: isNullable }, deeper)) };
  return { ...typed(plain[0] ?? guessedType(schema), schema, deeper), ...described(schema), ...nullable };
}

function typed(type: string, schema: JsonRecord, place: Place): JsonRecord {
  const kept = Object.fromEntries(KEPT_AS_THEY_ARE.flatMap((key) => (key in schema ? [[key, schema[key]]] : [])));
  switch (type) {
    case 'object': {
      const known = Object.entries(recordAt(schema, 'properties') ?? {}).flatMap(([name, value]) => {
        const property = asRecord(value) ?? (typeof value === 'boolean' ? {} : undefined);
        return property === undefined ? [] : [[name, property] as const];
      });
      if (known.length === 0) return { type };
      const names: ReadonlySet<unknown> = new Set(known.map(([name]) => name));
      const required = listAt(schema, 'required').filter((name) => names.has(name));
      return {
        type,
        properties: Object.fromEntries(known.map(([name, property]) => [name, clean(property, place)])),
        ...(required.length === 0 ? {} : { required }),
      };
    }
    case 'array': {
      const items =
        recordAt(schema, 'items') ?? asRecord(listAt(schema, 'items')[0] ?? listAt(schema, 'prefixItems')[0]);
      return {
        ...kept,
        type,
        items: clean(items ?? { type: 'string' }, place),
      };
    }
    case 'string': {
      const values = enumOf(schema).filter((value) => typeof value === 'string' && value !== '');
      return { ...kept, type, ...formatOf(schema), ...(values.length === 0 ? {} : { enum: values }) };
    }
    default:
      return { ...kept, type, ...formatOf(schema) };
  }
}

interface Flattened {
  readonly schema: JsonRecord;
  readonly within: readonly string[];
}

/** References put in place, and the parts of `allOf` made one. */
function flattened(original: JsonRecord, place: Place): Flattened {
  const { $ref: reference, allOf: _allOf, ...own } = original;
  const isNew = typeof reference === 'string' && !place.within.includes(reference);
  const target = isNew ? resolve(reference, place.root) : undefined;
  const within = target === undefined || !isNew ? place.within : [...place.within, reference];
  const parts = [...(target === undefined ? [] : [target]), ...recordsIn(listAt(original, 'allOf'))];
  return parts.reduce<Flattened>(
    (sum, part) => {
      if (place.depth > DEEPEST || place.budget.left-- <= 0) return sum;
      const flat = flattened(part, { ...place, depth: place.depth + 1, within: sum.within });
      return { schema: together(flat.schema, sum.schema), within: flat.within };
    },
    { schema: own, within },
  );
}

/** What `own` says wins. */
function together(other: JsonRecord, own: JsonRecord): JsonRecord {
  const properties = { ...recordAt(other, 'properties'), ...recordAt(own, 'properties') };
  const required = [...new Set([...listAt(own, 'required'), ...listAt(other, 'required')])];
  return {
    ...other,
    ...own,
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
  };
}

/** Only what is in the same document. */
function resolve(reference: string, root: JsonRecord): JsonRecord | undefined {
  if (!reference.startsWith('#')) return undefined;
  const steps = reference.slice(1).split('/').slice(1);
  return steps.reduce<JsonRecord | undefined>(
    (found, step) => recordAt(found, step.replaceAll('~1', '/').replaceAll('~0', '~')),
    root,
  );
}

function typesOf(schema: JsonRecord): readonly string[] {
  const { type } = schema;
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  return types
    .map((one) => (typeof one === 'string' ? one.toLowerCase() : ''))
    .filter((one, index, all) => TYPES.has(one) && all.indexOf(one) === index);
}

function guessedType(schema: JsonRecord): string {
  if ('properties' in schema || 'additionalProperties' in schema) return 'object';
  if ('items' in schema || 'prefixItems' in schema) return 'array';
  const [value] = enumOf(schema);
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'string';
}

/** Gemini's own values are strings; others are said in the description. */
function described(schema: JsonRecord): JsonRecord {
  const text = textAt(schema, 'description') ?? '';
  const values = enumOf(schema).filter((value) => typeof value !== 'string');
  const description = values.length === 0 ? text : `${text} One of: ${JSON.stringify(values)}`.trim();
  return description === '' ? {} : { description };
}

function enumOf(schema: JsonRecord): readonly unknown[] {
  return 'const' in schema ? [schema['const']] : listAt(schema, 'enum');
}

function formatOf(schema: JsonRecord): JsonRecord {
  const format = textAt(schema, 'format');
  return format !== undefined && FORMATS.has(format) ? { format } : {};
}

function isNull(schema: JsonRecord): boolean {
  return schema['type'] === 'null' || ('const' in schema && schema['const'] === null);
}

function recordsIn(values: readonly unknown[]): readonly JsonRecord[] {
  return values.map(asRecord).filter((record) => record !== undefined);
}
