/** Draws `media/icon.png`: a scythe whose handle is a text cursor, cutting into a line of ghost text. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';

/** The marketplace asks for at least 128 px; twice that is sharp on dense screens. */
const SIZE = 256;
/** Samples per pixel and axis: edges without steps. */
const SAMPLES = 4;

const NIGHT = [22, 24, 38];
const DUSK = [46, 42, 84];
const STEEL = [150, 240, 205];
const HANDLE = [236, 238, 248];
const GHOST = [120, 124, 160];

/** Signed distances, negative inside; coordinates run from 0 to 1. */
const circle = (x, y, cx, cy, r) => Math.hypot(x - cx, y - cy) - r;
const box = (x, y, cx, cy, halfWidth, halfHeight, round) => {
  const dx = Math.abs(x - cx) - halfWidth + round;
  const dy = Math.abs(y - cy) - halfHeight + round;
  return Math.hypot(Math.max(dx, 0), Math.max(dy, 0)) + Math.min(Math.max(dx, dy), 0) - round;
};
const blade = (x, y) => Math.max(circle(x, y, 0.42, 0.5, 0.34), -circle(x, y, 0.36, 0.6, 0.34), y - 0.5, x - 0.7);

function colorAt(x, y) {
  if (box(x, y, 0.5, 0.5, 0.5, 0.5, 0.2) > 0) {
    return [0, 0, 0, 0];
  }
  if (box(x, y, 0.7, 0.52, 0.032, 0.36, 0.03) < 0 || box(x, y, 0.7, 0.86, 0.095, 0.026, 0.026) < 0) {
    return [...HANDLE, 255];
  }
  if (blade(x, y) < 0) {
    return [...STEEL, 255];
  }
  if (box(x, y, 0.4, 0.62, 0.2, 0.03, 0.03) < 0 || box(x, y, 0.34, 0.75, 0.14, 0.03, 0.03) < 0) {
    return [...GHOST, 255];
  }
  return [...NIGHT.map((value, i) => value + (DUSK[i] - value) * y), 255];
}

function pixelAt(column, row) {
  const sum = [0, 0, 0, 0];
  for (let i = 0; i < SAMPLES * SAMPLES; i++) {
    const x = (column + ((i % SAMPLES) + 0.5) / SAMPLES) / SIZE;
    const y = (row + (Math.floor(i / SAMPLES) + 0.5) / SAMPLES) / SIZE;
    const [red, green, blue, alpha] = colorAt(x, y);
    sum[0] += red * alpha;
    sum[1] += green * alpha;
    sum[2] += blue * alpha;
    sum[3] += alpha;
  }
  const weight = sum[3] === 0 ? 1 : sum[3];
  return [sum[0] / weight, sum[1] / weight, sum[2] / weight, sum[3] / (SAMPLES * SAMPLES)].map(Math.round);
}

function chunk(type, data) {
  const content = Buffer.concat([Buffer.from(type, 'ascii'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, checksum]);
}

function png() {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIZE, 0);
  header.writeUInt32BE(SIZE, 4);
  // 8 bits per channel, colour with alpha (PNG 1.2 §11.2.2).
  header.set([8, 6, 0, 0, 0], 8);
  const rows = [];
  for (let row = 0; row < SIZE; row++) {
    // Each row begins with its filter type: none.
    rows.push(Buffer.from([0, ...Array.from({ length: SIZE }, (_, column) => pixelAt(column, row)).flat()]));
  }
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const path = join(dirname(fileURLToPath(import.meta.url)), '..', 'media', 'icon.png');
mkdirSync(dirname(path), { recursive: true });
writeFileSync(path, png());
console.log(`Wrote ${path}`);
