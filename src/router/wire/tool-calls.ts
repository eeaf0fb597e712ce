/** Puts streamed tool calls together: by index, by id or by neither, several at once, their arguments whole or in pieces. */
import { randomUUID } from 'node:crypto';
import type { StreamPart } from '../stream-part.ts';
import { asRecord, countAt, parseJson, recordAt, textAt } from './json.ts';

export interface ToolCalls {
  /** One entry of a `tool_calls` list; anything else is passed over. */
  push(piece: unknown): readonly StreamPart[];
  /**
   * No more will come. Of an answer that was cut at its limit only those calls are ended whose arguments are whole; an agent must
   * run nothing else.
   */
  end(answer: 'whole' | 'cut'): readonly StreamPart[];
  /** Whether the model called anything. */
  readonly any: boolean;
}

interface Call {
  /** As it is passed on: the server's, or one of ours where it gave none or gave it twice. */
  readonly id: string;
  readonly sentId: string | undefined;
  readonly index: number | undefined;
  /** Before it is known nothing is passed on. */
  name: string | undefined;
  json: string;
}

interface Piece {
  readonly id: string | undefined;
  readonly index: number | undefined;
  readonly name: string | undefined;
  readonly json: string;
}

export function createToolCalls(): ToolCalls {
  const calls: Call[] = [];

  function callOf(piece: Piece): Call {
    const known = knownCall(piece);
    if (known !== undefined && !isAnother(known, piece)) return known;
    const isTaken = piece.id === undefined || calls.some(({ id }) => id === piece.id);
    const id = isTaken || piece.id === undefined ? `call_${randomUUID().replaceAll('-', '').slice(0, 16)}` : piece.id;
    const call: Call = { id, sentId: piece.id, index: piece.index, name: undefined, json: '' };
    calls.push(call);
    return call;
  }

  function knownCall({ id, index }: Piece): Call | undefined {
    if (index !== undefined) return calls.findLast((call) => call.index === index);
    return (id === undefined ? undefined : calls.findLast(({ sentId }) => sentId === id)) ?? calls.at(-1);
  }

  return {
    push(value) {
      const piece = readPiece(value);
      if (piece === undefined) return [];
      const call = callOf(piece);
      const wasNamed = call.name !== undefined;
      call.name ??= piece.name;
      call.json += piece.json;
      if (call.name === undefined) return [];
      const { id, name } = call;
      const json = wasNamed ? piece.json : call.json;
      return [
        ...(wasNamed ? [] : [{ type: 'tool-call-start', id, name } as const]),
        ...(json === '' ? [] : [{ type: 'tool-call-delta', id, json } as const]),
      ];
    },
    end(answer) {
      return calls.splice(0).flatMap((call): readonly StreamPart[] => {
        const { id, name, json } = call;
        if (name === undefined) {
          return [{ type: 'warning', message: 'The model called a tool without naming it; the call was left out.' }];
        }
        if (answer === 'cut' && !isWhole(json)) return [];
        // Some servers write nothing where there are no arguments.
        const none: readonly StreamPart[] = json === '' ? [{ type: 'tool-call-delta', id, json: '{}' }] : [];
        return [...none, { type: 'tool-call-end', id }];
      });
    },
    get any() {
      return calls.length > 0;
    },
  };
}

/**
 * Whether a piece begins a call of its own though it came under a known index or id, or under none: only a piece with a name can,
 * and not in the middle of arguments, for some servers repeat the name or change the id with every piece.
 */
function isAnother(known: Call, piece: Piece): boolean {
  if (piece.name === undefined || known.name === undefined) return false;
  const hasOwnId = piece.id !== undefined && piece.id !== known.sentId;
  if (hasOwnId && piece.name !== known.name) return true;
  if (known.json !== '' && !isWhole(known.json)) return false;
  return known.json !== '' || hasOwnId;
}

function readPiece(value: unknown): Piece | undefined {
  if (asRecord(value) === undefined) return undefined;
  const called = recordAt(value, 'function');
  return {
    id: textAt(value, 'id') || undefined,
    index: countAt(value, 'index'),
    name: textAt(called, 'name') || undefined,
    json: textAt(called, 'arguments') ?? objectText(called?.['arguments']),
  };
}

/** Arguments that came as an object instead of as text. */
function objectText(value: unknown): string {
  const record = asRecord(value);
  return record === undefined ? '' : JSON.stringify(record);
}

function isWhole(json: string): boolean {
  return parseJson(json) !== undefined;
}
