import type { Diagnostic } from './diagnostic';
import { SourceDocument } from './document';
import { present } from './finding';
import { inOrder, rules, sagemaker, validate, type ValidateOptions } from './index';
import { type Edit, PipelineSession } from './sagemaker/session';
import { severities } from './settings';

export type { Edit } from './sagemaker/session';

/**
 * One open document: gives the same diagnostics as `validate`, and after an edit inside one step of a pipeline
 * definition does only the work that the edit asks for. Documents of other languages are checked as a whole.
 */
export class DefinitionSession {
  private pipeline: PipelineSession | undefined;
  /** The text where it is no pipeline definition; that of one is its session's. */
  private otherText: string;

  constructor(
    text: string,
    private readonly options: ValidateOptions = {},
  ) {
    this.otherText = text;
    this.open(text);
  }

  get text(): string {
    return this.pipeline?.tree.text ?? this.otherText;
  }

  /** The session of the pipeline definition: tree and model of the current text; undefined where it is none. */
  get sagemaker(): PipelineSession | undefined {
    return this.pipeline;
  }

  /** Takes the text as it is now. */
  update(text: string): void {
    if (this.pipeline) this.pipeline.update(text);
    else this.otherText = text;
    this.followLanguage();
  }

  /** Applies one edit; offsets are of the text before it. */
  edit(edit: Edit): void {
    if (this.pipeline) this.pipeline.edit(edit);
    else this.otherText = this.otherText.slice(0, edit.start) + edit.newText + this.otherText.slice(edit.end);
    this.followLanguage();
  }

  /** Everything that is wrong with the current text, in the order of the text. */
  diagnostics(): Diagnostic[] {
    const session = this.pipeline;
    if (!session) return validate(this.otherText, this.options);
    const ignored = sagemaker.ignoredIn(session.tree);
    const severityOf = severities(rules, this.options, this.options.path, ignored);
    const diagnostics: Diagnostic[] = [];
    for (const finding of session.findings()) {
      const severity = severityOf(finding.rule);
      if (severity) diagnostics.push(present(finding, severity, session.tree));
    }
    return inOrder(diagnostics);
  }

  /** An edit may make a text a pipeline definition, or no longer one. */
  private followLanguage(): void {
    const { text } = this;
    const isJson = new SourceDocument(text, this.options.path).syntax === 'json';
    if (!this.pipeline?.pipeline || !isJson) this.open(text);
  }

  private open(text: string): void {
    const { path, language } = this.options;
    const document = new SourceDocument(text, path);
    const isOurs = document.syntax === 'json' && (language ? language === 'sagemaker' : sagemaker.detect(document));
    this.pipeline = isOurs ? new PipelineSession(text) : undefined;
    this.otherText = isOurs ? '' : text;
  }
}
