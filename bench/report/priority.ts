/** What runs beside a measurement should not be in its figures. */
import { setPriority } from 'node:os';

/** Only root may do this; processes that are started afterwards inherit it. */
export function raisePriority(): void {
  try {
    setPriority(-10);
  } catch {
    console.log('Not allowed to raise the priority: run nothing else meanwhile.');
  }
}
