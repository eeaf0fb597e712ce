/** Learns nothing, and dies of every question. */
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', (message: { type: string; id: number }) => {
  if (message.type === 'predict') {
    throw new Error('no idea');
  }
  if (message.type === 'learn') {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
    parentPort?.postMessage({ type: 'learned', id: message.id });
  }
});
