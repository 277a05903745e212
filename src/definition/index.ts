/**
 * The definition languages: text to tree, tree to model, model to diagnostics and graph. Pure: no editor, no AWS,
 * no file system. This index is what the language server, the command line, the previews and the local runner use.
 *
 *   tree.ts json.ts yaml.ts hcl/  one tree with ranges for every syntax
 *   rule.ts finding.ts        what a rule is; how checks report against it, and make quick fixes
 *   broken.ts                 what holds of a text that cannot be read whole
 *   sagemaker/                SageMaker pipeline definitions: model, tables, rules, incremental session
 *   graph/                    the graph, its layout and its drawings
 *   shape/                    shapes as data, and their checker, for the smaller languages
 *   codepipeline/ codebuild/ appspec/ asl/   the other languages
 *   embedded/                 definitions inside templates
 *   features/ server/         what editors show; the language server
 */
import { appspec } from './appspec';
import { asl } from './asl';
import { buildspec } from './codebuild';
import { codepipeline } from './codepipeline';
import type { Diagnostic } from './diagnostic';
import { SourceDocument } from './document';
import { cloudformation } from './embedded';
import { type Graded, grade, present } from './finding';
import { buildGraph as pipelineGraph } from './graph/build';
import type { Graph } from './graph/model';
import type { Language, LanguageSupport } from './language';
import { catalogue } from './rule';
import { sagemaker } from './sagemaker';
import { buildPipeline, type Pipeline } from './sagemaker/model';
import { type RuleSettings, severities } from './settings';

export type { Diagnostic, Fix, Position, Severity } from './diagnostic';
export type { Graded } from './finding';
export type { Graph } from './graph/model';
export type { Language, LanguageSupport } from './language';
export type { Level, Rule } from './rule';
export type { RuleSettings } from './settings';
export { SourceDocument } from './document';

/** Every language, in the order in which they are asked whether a document is theirs. */
export const languages: readonly LanguageSupport[] = [sagemaker, codepipeline, buildspec, appspec, asl, cloudformation];

/** Every rule of every language by id. */
export const rules = catalogue(...languages.map((language) => language.rules));

export interface ValidateOptions extends RuleSettings {
  /** File path: decides syntax and language, and which overrides apply. */
  path?: string;
  /** The language, where it is known. */
  language?: Language;
}

/** The language of a text, or undefined where it is none of ours. */
export function detectLanguage(text: string, path?: string): Language | undefined {
  const document = new SourceDocument(text, path);
  return languages.find((language) => language.detect(document))?.language;
}

/** What was found in a text. Diagnostics are made for what is shown, since a large text may have very many. */
export interface Judgement {
  language: Language;
  /** The findings that settings and the text itself leave on. */
  graded: readonly Graded[];
  /** The diagnostics of some of the findings, in the order of the text. */
  diagnostics(of: readonly Graded[]): Diagnostic[];
}

/** Everything that is wrong with a text, in the order of the text. A text that is none of ours has no diagnostics. */
export function validate(text: string, options: ValidateOptions = {}): Diagnostic[] {
  const document = new SourceDocument(text, options.path);
  const support = supportFor(document, options.language);
  const found = support && judgement(document, support, options);
  return found?.diagnostics(found.graded) ?? [];
}

/** What is found in a text, with all that the check needs; undefined where the text is none of ours. */
export async function judge(text: string, options: ValidateOptions = {}): Promise<Judgement | undefined> {
  const document = new SourceDocument(text, options.path);
  const support = supportFor(document, options.language);
  await support?.prepare?.(document);
  return support && judgement(document, support, options);
}

/** {@link validate}, with all that the check needs. */
export async function validateFully(text: string, options: ValidateOptions = {}): Promise<Diagnostic[]> {
  const found = await judge(text, options);
  return found?.diagnostics(found.graded) ?? [];
}

function judgement(document: SourceDocument, support: LanguageSupport, options: ValidateOptions): Judgement {
  const severityOf = severities(rules, options, options.path, support.ignored?.(document));
  return {
    language: support.language,
    graded: grade(support.check(document), severityOf),
    diagnostics: (of) => inOrder(of.map(({ finding, severity }) => present(finding, severity, document.tree))),
  };
}

/** The model of a SageMaker pipeline definition, or undefined where the text is none. */
export function readPipeline(text: string, path?: string): Pipeline | undefined {
  return buildPipeline(new SourceDocument(text, path).tree);
}

/** The graph of a SageMaker pipeline definition, or undefined where the text is none. */
export function buildGraph(text: string, path?: string): Graph | undefined {
  const pipeline = readPipeline(text, path);
  return pipeline && pipelineGraph(pipeline);
}

function supportFor(document: SourceDocument, language: Language | undefined): LanguageSupport | undefined {
  if (language) return languages.find((support) => support.language === language);
  return languages.find((support) => support.detect(document));
}

/** Sorts diagnostics by their place. */
export function inOrder(diagnostics: Diagnostic[]): Diagnostic[] {
  return diagnostics.sort(
    (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
  );
}
