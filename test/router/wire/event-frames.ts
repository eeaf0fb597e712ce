/** Amazon's binary event stream, written from its description, so that the decoder is tested against another hand. */
import { crc32 } from 'node:zlib';
import { recordedLines } from './loopback.ts';

/** https://docs.aws.amazon.com/lexv2/latest/dg/event-stream-encoding.html */
export function eventFrame(type: string, payload: object, kind: 'event' | 'exception' = 'event'): Buffer {
  const headers = Buffer.concat([
    header(`:${kind}-type`, type),
    header(':content-type', 'application/json'),
    header(':message-type', kind),
  ]);
  const body = Buffer.from(JSON.stringify(payload));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + headers.length + body.length, 0);
  prelude.writeUInt32BE(headers.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const message = Buffer.concat([prelude, headers, body]);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(message));
  return Buffer.concat([message, checksum]);
}

/** A recorded stream: one event a line, as `[type, payload]`. */
export function recordedFrames(name: string): readonly Buffer[] {
  return recordedLines(name).map((line) => {
    const [type, payload] = JSON.parse(line) as [string, object];
    return eventFrame(type, payload, type.endsWith('Exception') ? 'exception' : 'event');
  });
}

function header(name: string, value: string): Buffer {
  const nameBytes = Buffer.from(name);
  const valueBytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(valueBytes.length);
  // 7: a string.
  return Buffer.concat([Buffer.from([nameBytes.length]), nameBytes, Buffer.from([7]), length, valueBytes]);
}
