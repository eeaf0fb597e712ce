/** Days and months of the user's own calendar, as text that sorts like time. */

/** `2026-11-21`, in the time zone of this machine. */
export function dayOf(wallTime: number): string {
  const date = new Date(wallTime);
  return `${monthOf(wallTime)}-${twoDigits(date.getDate())}`;
}

/** `2026-11`. */
export function monthOf(wallTime: number): string {
  const date = new Date(wallTime);
  return `${String(date.getFullYear()).padStart(4, '0')}-${twoDigits(date.getMonth() + 1)}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0');
}
