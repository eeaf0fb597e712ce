/** Runs in the page: notes when keys go down and what ghost text the editor shows, with the page's own clock. */

export interface KeyNote {
  readonly at: number;
  readonly key: string;
}

/** What the editor showed from `at` on, until the next note. */
export interface GhostNote {
  readonly at: number;
  /** The line with the ghost text in it, as drawn; empty when there is none. */
  readonly line: string;
  /** That line without the ghost text. */
  readonly typed: string;
  /** The ghost text within the line. */
  readonly inline: string;
  /** The lines of ghost text below it. */
  readonly below: readonly string[];
  /** Whether the suggest widget is open: ghost text then has to agree with its selected entry. */
  readonly widget: boolean;
}

/** Must stand alone: its source is sent to the page. */
export function recordPage(): void {
  let last = '';

  // A function that the bench puts into the page.
  const tell = (message: { key: KeyNote } | { ghost: GhostNote }): void => {
    (globalThis as { reaperBenchNote?: (message: unknown) => void }).reaperBenchNote?.(message);
  };

  addEventListener('keydown', (event) => tell({ key: { at: performance.now(), key: event.key } }), { capture: true });

  const plain = (text: string | null): string => (text ?? '').replaceAll('\u00a0', ' ').replaceAll('\u200b', '');

  const look = (): void => {
    const editor = document.querySelector('.editor-instance .monaco-editor');
    const parts = [...(editor?.querySelectorAll('.view-line [class*="ghost-text-decoration"]') ?? [])];
    const below = [
      ...(editor?.querySelectorAll('.suggest-preview-text .view-line, .suggest-preview-text > div') ?? []),
    ];
    const inline = plain(parts.map((part) => part.textContent).join(''));
    const lines = below.map((line) => plain(line.textContent));
    const row = parts[0]?.closest('.view-line') ?? undefined;
    const line = plain(row?.textContent ?? '');
    const typed = plain(
      row === undefined
        ? ''
        : [...row.querySelectorAll('span:not(:has(span))')]
            .filter((span) => !/ghost-text/.test(span.className))
            .map((span) => span.textContent)
            .join(''),
    );
    const widget = editor?.querySelector('.suggest-widget.visible') !== null && editor !== null;
    const state = JSON.stringify([line, typed, inline, lines, widget]);
    if (state !== last) {
      last = state;
      tell({ ghost: { at: performance.now(), line, typed, inline, below: lines, widget } });
    }
  };

  const start = (): void => {
    new MutationObserver(look).observe(document.documentElement, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: ['class', 'style'],
    });
  };
  if (document.documentElement === null) {
    addEventListener('DOMContentLoaded', start, { once: true });
  } else {
    start();
  }
}
