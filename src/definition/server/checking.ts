/** When documents are checked: soon after the last key press, one at a time, and never an outdated text. */
import type { Diagnostic } from '../diagnostic';
import { present } from '../finding';
import { rules } from '../index';
import { type RuleSettings, severities } from '../settings';
import type { OpenDocument } from './documents';

/** Milliseconds without a key press after which a document is checked. */
export const debounce = 40;

export class Checking {
  private readonly timers = new Map<string, NodeJS.Timeout>();
  settings: RuleSettings = {};

  /** `publish` gets the diagnostics of the document's present version. */
  constructor(private readonly publish: (document: OpenDocument) => void) {}

  /** Checks the document soon; a later call puts the check off. */
  soon(document: OpenDocument, delay = debounce): void {
    this.cancel(document.uri);
    const timer = setTimeout(() => {
      this.timers.delete(document.uri);
      void this.check(document);
    }, delay);
    this.timers.set(document.uri, timer);
  }

  cancel(uri: string): void {
    clearTimeout(this.timers.get(uri));
    this.timers.delete(uri);
  }

  private async check(document: OpenDocument): Promise<void> {
    const { version, support, source } = document;
    const hadAny = document.diagnostics.length > 0;
    if (!support) {
      document.diagnostics = [];
      if (hadAny) this.publish(document);
      return;
    }
    const severityOf = severities(rules, this.settings, document.path, support.ignored?.(source));
    const diagnostics: Diagnostic[] = [];
    for (const finding of support.check(source)) {
      const severity = severityOf(finding.rule);
      if (severity) diagnostics.push(present(finding, severity, source.tree));
    }
    document.diagnostics = diagnostics;
    if (!support.checkLater) return this.publish(document);
    for (const diagnostic of await support.checkLater(source)) {
      const severity = rules.has(diagnostic.rule) ? severityOf(diagnostic.rule) : diagnostic.severity;
      if (severity) diagnostics.push({ ...diagnostic, severity });
    }
    if (document.version === version) this.publish(document);
  }
}
