/** The last requests and where each ended, for `Reaper: Why No Suggestion?`. */
import type { StageReport } from './suggestion.ts';

/** Enough to look back over a minute of typing. */
const REPORTS = 50;

export interface ReportLog {
  add(report: StageReport): void;
  /** Newest first. */
  list(): readonly StageReport[];
}

export function createReportLog(): ReportLog {
  const reports: StageReport[] = [];
  return {
    add: (report) => {
      const last = reports.at(-1);
      // The editor asks twice for one place; the same answer is one line.
      if (last !== undefined && sameAnswer(last, report)) {
        reports.pop();
      }
      reports.push(report);
      if (reports.length > REPORTS) {
        reports.shift();
      }
    },
    list: () => [...reports].reverse(),
  };
}

function sameAnswer(a: StageReport, b: StageReport): boolean {
  return a.path === b.path && a.line === b.line && a.endedAt === b.endedAt && a.reason === b.reason;
}
