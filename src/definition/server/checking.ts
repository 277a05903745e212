/** When documents are checked: soon after the last key press, and never an outdated text. */
import type { Diagnostic, Severity } from '../diagnostic';
import { type Finding, lighter, present } from '../finding';
import { rules } from '../index';
import { type RuleSettings, severities, type SeverityOf } from '../settings';
import type { OpenDocument } from './documents';

/** Milliseconds without a key press after which a document is checked. */
export const debounce = 40;

/** An editor shows no more diagnostics of one document than this; the gravest are sent. */
const mostShown = 1000;

const order: Readonly<Record<Severity, number>> = { error: 0, warning: 1, information: 2, hint: 3 };

export class Checking {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  settings: RuleSettings = {};

  /**
   * `publish` gets the diagnostics of the document's present version, without their fixes. `failed` gets what a fault
   * of this program throws, so that it ends one check and not the server.
   */
  constructor(
    private readonly publish: (document: OpenDocument, diagnostics: readonly Diagnostic[]) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Checks the document soon; a later call puts the check off. */
  soon(document: OpenDocument, delay = debounce): void {
    this.cancel(document.uri);
    const timer = setTimeout(() => {
      this.timers.delete(document.uri);
      this.check(document).catch(this.failed);
    }, delay);
    this.timers.set(document.uri, timer);
  }

  cancel(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
  }

  /** The findings that settings and the text itself leave on, each with its severity. */
  graded(document: OpenDocument): { finding: Finding; severity: Severity }[] {
    const severityOf = this.severityOf(document);
    return document.findings.flatMap((finding) => {
      const severity = severityOf(finding.rule);
      return severity ? [{ finding, severity: finding.atMost ? lighter(severity, finding.atMost) : severity }] : [];
    });
  }

  private severityOf(document: OpenDocument): SeverityOf {
    return severities(rules, this.settings, document.path, document.support?.ignored?.(document.source));
  }

  private async check(document: OpenDocument): Promise<void> {
    const { version, support, source, shown } = document;
    document.shown = support !== undefined;
    if (!support) {
      if (shown) this.publish(document, []);
      return;
    }
    const gravest = this.graded(document)
      .sort((a, b) => order[a.severity] - order[b.severity])
      .slice(0, mostShown);
    // Fixes are made when they are asked for.
    const diagnostics = gravest.map(({ finding, severity }) =>
      present({ ...finding, fixes: () => [] }, severity, source.tree),
    );
    if (support.checkLater) {
      const severityOf = this.severityOf(document);
      for (const diagnostic of await support.checkLater(source)) {
        const severity = rules.has(diagnostic.rule) ? severityOf(diagnostic.rule) : diagnostic.severity;
        if (severity) diagnostics.push({ ...diagnostic, severity });
      }
    }
    if (document.version === version && !document.closed) this.publish(document, diagnostics);
  }
}
