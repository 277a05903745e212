/** When documents are checked: at once, and in a burst of key presses no more often than checking is cheap. */
import type { Diagnostic } from '../diagnostic';
import { type Graded, grade, present } from '../finding';
import { rules } from '../index';
import { type RuleSettings, severities, type SeverityOf } from '../settings';
import type { OpenDocument } from './documents';
import { worthSending } from './worth-sending';

/** After a check the server rests for this many times what the check took, so that it has time for other requests. */
const restFactor = 2;
/** Bounds of the rest, in milliseconds: edits that come at once are checked once, and no single slow check is held against a document. */
const leastRest = 20;
const mostRest = 250;

export class Checking {
  /** Checks that wait for the end of a rest, by URI. */
  private readonly waiting = new Map<string, NodeJS.Timeout>();
  /** Until when documents rest after their last check, by URI, as `performance.now()` counts. */
  private readonly restsUntil = new Map<string, number>();
  settings: RuleSettings = {};

  /**
   * `publish` gets the diagnostics of the document's present version, without their fixes. `failed` gets what a fault
   * of this program throws, so that it ends one check and not the server.
   */
  constructor(
    private readonly publish: (document: OpenDocument, diagnostics: readonly Diagnostic[]) => void,
    private readonly failed: (error: unknown) => void,
  ) {}

  /** Checks the document: before this returns, or once, with the text that it has then, when it has rested. */
  soon(document: OpenDocument): void {
    const { uri } = document;
    if (this.waiting.has(uri)) return;
    const rest = (this.restsUntil.get(uri) ?? 0) - performance.now();
    if (rest <= 0) {
      void this.now(document);
      return;
    }
    const timer = setTimeout(() => {
      this.waiting.delete(uri);
      void this.now(document);
    }, rest);
    this.waiting.set(uri, timer);
  }

  /** Forgets a document that is closed. */
  forget(uri: string): void {
    clearTimeout(this.waiting.get(uri));
    this.waiting.delete(uri);
    this.restsUntil.delete(uri);
  }

  /** The findings that settings and the text itself leave on, each with its severity. */
  graded(document: OpenDocument): Graded[] {
    return grade(document.findings, this.severityOf(document));
  }

  private severityOf(document: OpenDocument): SeverityOf {
    return severities(rules, this.settings, document.path, document.support?.ignored?.(document.source));
  }

  private async now(document: OpenDocument): Promise<void> {
    const begin = performance.now();
    try {
      await this.check(document);
    } catch (error) {
      this.failed(error);
    }
    if (document.closed) return;
    const end = performance.now();
    const rest = Math.min(Math.max((end - begin) * restFactor, leastRest), mostRest);
    this.restsUntil.set(document.uri, end + rest);
  }

  private async check(document: OpenDocument): Promise<void> {
    const { version, support, source, shown } = document;
    document.shown = support !== undefined;
    if (!support) {
      if (shown) this.publish(document, []);
      return;
    }
    const preparing = support.prepare?.(source);
    if (preparing) {
      await preparing;
      document.forgetFindings();
    }
    // Fixes are made when they are asked for.
    const diagnostics = worthSending(this.graded(document), document.editedAt).map(({ finding, severity }) =>
      present({ ...finding, fixes: () => [] }, severity, source.tree),
    );
    if (document.version === version && !document.closed) this.publish(document, diagnostics);
  }
}
