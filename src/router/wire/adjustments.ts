/** What to change in a body that a server refused because of something optional, and what the user misses then. */
import { ReaperError } from '../../base/errors.ts';
import { type JsonRecord, asRecord, listAt, recordAt, textAt } from './json.ts';

export type Adjustment =
  /** `path`: a field, or one in a record (`reasoning.effort`). */
  | { readonly type: 'drop'; readonly path: string }
  | { readonly type: 'set'; readonly path: string; readonly value: string; readonly wanted: string }
  | { readonly type: 'rename'; readonly field: string; readonly to: string }
  | { readonly type: 'blind' }
  /** Only of this body: what a model thought, in a form that this one cannot read. */
  | { readonly type: 'forget-thoughts' };

interface OptionalField {
  readonly path: string;
  /** Whether a message speaks of it. */
  readonly named: RegExp;
  /** What is missed without it, in the user's words; left out where nothing is: stops are cut here, tokens are counted here. */
  readonly missed?: string;
}

const LATE = 'takes no reasoning effort; it thinks as it likes, so its answers may begin late.';
const NO_TOOLS = 'takes no tools; they were left out.';

// By likelihood. What is a word too must stand in quotes.
const OPTIONAL_FIELDS: readonly OptionalField[] = [
  { path: 'reasoning_effort', named: /\breasoning_?effort\b/i, missed: LATE },
  { path: 'reasoning.effort', named: /\breasoning[._]effort\b/, missed: LATE },
  { path: 'reasoning.summary', named: /\breasoning[._]summar(?:y|ies)\b|generate reasoning summaries/ },
  { path: 'reasoning', named: /['"`]reasoning(?:\.\w+)?['"`]/ },
  { path: 'include', named: /['"`]include['"`]|encrypted content is not supported/i },
  { path: 'thinking', named: /['"`]thinking(?:\.\w+)?['"`]/, missed: LATE },
  { path: 'stream_options', named: /\bstream_options\b/ },
  { path: 'temperature', named: /['"`]temperature['"`]/, missed: 'does not take a temperature; it was left out.' },
  { path: 'stop', named: /['"`]stop['"`]/ },
  { path: 'chat_template_kwargs', named: /\bchat_template_kwargs\b/ },
  { path: 'tool_choice', named: /\btool_choice\b/, missed: 'takes no choice among tools; it chooses by itself.' },
  {
    path: 'tools',
    // Not what is said of one tool's schema.
    named: new RegExp(
      [
        'support (?:tools?|tool use|tool calling|function calling)\\b',
        'enable-auto-tool-choice',
        '(?:unknown|unsupported|unrecognized)[^.]{0,40}[\'"`]tools[\'"`]',
        '[\'"`]tools[\'"`] is not supported',
        '"tools"\\],"msg":"Extra inputs',
      ].join('|'),
      'i',
    ),
    missed: NO_TOOLS,
  },
];
const TOKEN_FIELDS = ['max_tokens', 'max_completion_tokens'] as const;
const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];
const EFFORT_PATHS = ['reasoning_effort', 'reasoning.effort'];
// What a server says of a model without eyes, and not of an image that it cannot read: it is remembered.
const BLIND = new RegExp(
  [
    'unknown variant `image_url`',
    'image_url is only supported by',
    'support (?:images?|vision|image[_ ](?:input|url)s?|multi-?modal)',
    'images?(?:_url|[_ ]inputs?|[_ ]content)?[\'"`]? (?:is|are) not supported',
    'not a (?:vision|multi-?modal) model',
    'at most 0 image',
    'content[\'"`]? must be a string',
  ].join('|'),
  'i',
);
const UNREADABLE = /encrypted content .{0,80}could not be|invalid_encrypted_content/i;

/** `undefined`: the refusal is about something else. */
export function adjustmentFor(error: unknown, body: JsonRecord): Adjustment | undefined {
  if (!(error instanceof ReaperError) || !isAboutTheBody(error)) return undefined;
  const said = error.message;
  for (const field of TOKEN_FIELDS) {
    const other = TOKEN_FIELDS.find((name) => name !== field);
    if (field in body && other !== undefined && isWord(said, field) && isWord(said, other)) {
      return { type: 'rename', field, to: other };
    }
  }
  if (UNREADABLE.test(said) && changes(body, { type: 'forget-thoughts' })) return { type: 'forget-thoughts' };
  const path = OPTIONAL_FIELDS.find((field) => valueAt(body, field.path) !== undefined && field.named.test(said))?.path;
  if (path !== undefined) {
    const wanted = valueAt(body, path);
    const value = EFFORT_PATHS.includes(path) && typeof wanted === 'string' ? nearestEffort(wanted, said) : undefined;
    return value === undefined || typeof wanted !== 'string'
      ? { type: 'drop', path }
      : { type: 'set', path, value, wanted };
  }
  return BLIND.test(said) && changes(body, { type: 'blind' }) ? { type: 'blind' } : undefined;
}

/** Whether it holds of every body for this model, as opposed to one. */
export function isLasting(adjustment: Adjustment): boolean {
  return adjustment.type !== 'forget-thoughts';
}

/** The very same body if there is nothing to change. */
export function adjust(body: JsonRecord, adjustment: Adjustment): JsonRecord {
  switch (adjustment.type) {
    case 'drop':
      return adjustment.path === 'tools'
        ? withValue(withValue(body, 'tools'), 'tool_choice')
        : withValue(body, adjustment.path);
    case 'set':
      return valueAt(body, adjustment.path) === adjustment.wanted
        ? withValue(body, adjustment.path, adjustment.value)
        : body;
    case 'rename': {
      const { [adjustment.field]: value, ...rest } = body;
      return value === undefined ? body : { ...rest, [adjustment.to]: value };
    }
    case 'blind':
      return withLists(body, (list) => list.map(blinded));
    case 'forget-thoughts':
      return withLists(body, (list) => list.filter((item) => textAt(item, 'type') !== 'reasoning'));
  }
}

/** What the user is told, if the adjustment changed this body. */
export function warningOf(adjustment: Adjustment): string | undefined {
  switch (adjustment.type) {
    case 'drop':
      return OPTIONAL_FIELDS.find(({ path }) => path === adjustment.path)?.missed;
    case 'set':
      return `does not take the reasoning effort “${adjustment.wanted}”; “${adjustment.value}” was asked for.`;
    case 'blind':
      return 'sees no images; they were left out.';
    case 'forget-thoughts':
      return 'cannot read what was thought before; it was left out.';
    case 'rename':
      return undefined;
  }
}

/** OpenRouter says with a 404 that none of its servers takes something, llama.cpp with a 500 that a model has no eyes. */
function isAboutTheBody({ kind, status, message }: ReaperError): boolean {
  if (status === 404) return /no endpoints found that support/i.test(message);
  if (status === 500) return /image input is not supported/i.test(message);
  return kind === 'bad-response' && (status === 400 || status === 422);
}

/** Of the efforts that the server says it takes (in quotes), the one next to what was wanted. */
function nearestEffort(wanted: string, said: string): string | undefined {
  const at = EFFORTS.indexOf(wanted);
  return EFFORTS.filter((effort) => effort !== wanted && new RegExp(`['"\`]${effort}['"\`]`).test(said)).sort(
    (one, other) => Math.abs(EFFORTS.indexOf(one) - at) - Math.abs(EFFORTS.indexOf(other) - at),
  )[0];
}

function isWord(message: string, field: string): boolean {
  return new RegExp(`\\b${field}\\b`).test(message);
}

function changes(body: JsonRecord, adjustment: Adjustment): boolean {
  return JSON.stringify(adjust(body, adjustment)) !== JSON.stringify(body);
}

function valueAt(body: JsonRecord, path: string): unknown {
  const [field = '', inner] = path.split('.');
  return inner === undefined ? body[field] : recordAt(body, field)?.[inner];
}

/** Without the field if there is no value; an emptied record goes too. */
function withValue(body: JsonRecord, path: string, value?: string): JsonRecord {
  if (valueAt(body, path) === undefined) return body;
  const [field = '', inner] = path.split('.');
  const { [field]: old, ...others } = body;
  if (inner === undefined) return value === undefined ? others : { ...body, [field]: value };
  const { [inner]: _old, ...siblings } = asRecord(old) ?? {};
  const record = value === undefined ? siblings : { ...siblings, [inner]: value };
  return Object.keys(record).length === 0 ? others : { ...body, [field]: record };
}

function withLists(body: JsonRecord, change: (list: readonly unknown[]) => readonly unknown[]): JsonRecord {
  const fields = ['messages', 'input'].filter((field) => Array.isArray(body[field]));
  return { ...body, ...Object.fromEntries(fields.map((field) => [field, change(listAt(body, field))])) };
}

const IMAGE_TYPES = ['image_url', 'input_image'];

/** A message or item without its images; what is empty then says so. */
function blinded(item: unknown): unknown {
  const record = asRecord(item);
  const field = ['content', 'output'].find((name) => Array.isArray(record?.[name]));
  if (record === undefined || field === undefined) return item;
  const pieces = listAt(record, field);
  const rest = pieces.filter((piece) => !IMAGE_TYPES.includes(textAt(piece, 'type') ?? ''));
  if (rest.length === pieces.length) return item;
  return { ...record, [field]: rest.length === 0 ? '[an image]' : rest };
}
