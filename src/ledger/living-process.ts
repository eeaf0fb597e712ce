/** Whether a process of this machine is still there. */

export function isProcessAlive(id: number): boolean {
  try {
    // Signal 0 is sent to nobody: it only asks.
    process.kill(id, 0);
    return true;
  } catch (error) {
    // Not allowed to signal it: it lives, under another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
