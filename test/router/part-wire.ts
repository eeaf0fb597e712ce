/** The simplest protocol there is, for tests of the router itself: stream parts as JSON lines over HTTP. */
import { ReaperError } from '../../src/base/errors.ts';
import { errorFromResponse, errorInPayload } from '../../src/router/http-errors.ts';
import type { StreamPart } from '../../src/router/stream-part.ts';
import type { ProbeCall, ProbeResult, WireCall, WireModule } from '../../src/router/wire.ts';

export const partWire: WireModule = { stream: streamParts, probe };

async function* streamParts(call: WireCall): AsyncGenerator<StreamPart, void, undefined> {
  const response = await call.fetch(`${call.baseUrl}/stream`, {
    method: 'POST',
    headers: {
      ...call.headers,
      ...(call.credential === undefined ? {} : { authorization: `Bearer ${call.credential.secret}` }),
    },
    body: JSON.stringify({ model: call.model, input: call.input }),
    signal: call.signal,
  });
  if (!response.ok) throw errorFromResponse(response.status, response.headers, await response.text(), call);
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    rest += decoder.decode(chunk, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '' || line === 'ping') continue;
      yield parse(line, call);
    }
  }
}

function parse(line: string, call: WireCall): StreamPart {
  let payload: unknown;
  try {
    payload = JSON.parse(line);
  } catch (error) {
    throw new ReaperError('bad-response', 'Not JSON', { cause: error });
  }
  const error = errorInPayload(payload, call);
  if (error !== undefined) throw error;
  return payload as StreamPart;
}

async function probe(call: ProbeCall): Promise<ProbeResult> {
  const absent: ProbeResult = {
    reachable: false,
    keyAccepted: undefined,
    modelPresent: undefined,
    models: [],
    fim: { type: 'none' },
    roundTripMs: 0,
    slots: undefined,
    problem: undefined,
  };
  try {
    const response = await call.fetch(`${call.baseUrl}/probe`, {
      headers: call.credential === undefined ? {} : { authorization: `Bearer ${call.credential.secret}` },
      signal: call.signal,
    });
    if (!response.ok) {
      const error = errorFromResponse(response.status, response.headers, await response.text(), {
        ...call,
        model: call.model,
      });
      return { ...absent, reachable: true, keyAccepted: error.kind !== 'auth', problem: error.message };
    }
    return { ...absent, reachable: true, fim: { type: 'native' }, ...((await response.json()) as object) };
  } catch (error) {
    if (call.signal.aborted) throw new ReaperError('cancelled', 'Cancelled');
    return { ...absent, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** One part as a line of this protocol. */
export function line(part: StreamPart): string {
  return `${JSON.stringify(part)}\n`;
}

export function text(value: string): string {
  return line({ type: 'text-delta', text: value });
}

export const finish = line({ type: 'finish', reason: 'stop' });
