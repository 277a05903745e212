/** How findings are printed: for people, for programs, for code scanning, for GitHub's annotations. */
import { pathToFileURL } from 'node:url';
import { isAbsolute } from 'node:path';
import { version } from '../../package.json';
import type { Diagnostic, Rule, Severity } from '../definition';
import { count } from '../shared/format';

/** A file and what was found in it. */
export interface Checked {
  file: string;
  diagnostics: readonly Diagnostic[];
}

/** Makes the output from everything that was checked, and the catalogue of rules by id. */
type Reporter = (checked: readonly Checked[], rules: ReadonlyMap<string, Rule>) => string;

/** The formats of `--format`. */
export const reporters: Readonly<Record<string, Reporter>> = {
  text,
  json,
  sarif,
  github,
};

function text(checked: readonly Checked[]): string {
  const lines: string[] = [];
  const counts: Record<Severity, number> = { error: 0, warning: 0, information: 0, hint: 0 };
  for (const { file, diagnostics } of checked) {
    for (const { range, severity, message, rule } of diagnostics) {
      counts[severity]++;
      lines.push(`${file}:${range.start.line + 1}:${range.start.character + 1}: ${severity}: ${message} [${rule}]`);
    }
  }
  lines.push(
    `${count(checked.length, 'file')}: ${count(counts.error, 'error')}, ${count(counts.warning, 'warning')}, ${count(counts.information + counts.hint, 'note')}.`,
  );
  return `${lines.join('\n')}\n`;
}

function json(checked: readonly Checked[]): string {
  const list = checked.map(({ file, diagnostics }) => ({
    file,
    diagnostics: diagnostics.map(({ rule, severity, message, range, pointer, fixes }) => ({
      rule,
      severity,
      message,
      range,
      pointer,
      fixes: fixes.map(({ title }) => title),
    })),
  }));
  return `${JSON.stringify(list, undefined, 2)}\n`;
}

const sarifLevels: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

/** SARIF 2.1.0; columns and lines count from 1, in UTF-16 code units. */
function sarif(checked: readonly Checked[], rules: ReadonlyMap<string, Rule>): string {
  const used = [...new Set(checked.flatMap(({ diagnostics }) => diagnostics.map(({ rule }) => rule)))].sort();
  const results = checked.flatMap(({ file, diagnostics }) =>
    diagnostics.map((diagnostic) => ({
      ruleId: diagnostic.rule,
      ruleIndex: used.indexOf(diagnostic.rule),
      level: sarifLevels[diagnostic.severity],
      message: { text: diagnostic.message },
      locations: [location(file, diagnostic)],
      ...(diagnostic.related
        ? {
            relatedLocations: diagnostic.related.map((other, id) => ({
              id,
              ...location(file, other),
              message: { text: other.message },
            })),
          }
        : {}),
    })),
  );
  const driver = {
    name: 'MLOps Flow',
    version,
    rules: used.map((id) => ({
      id,
      shortDescription: { text: rules.get(id)?.title ?? id },
      fullDescription: { text: rules.get(id)?.explanation ?? id },
      defaultConfiguration: { level: sarifLevel(rules.get(id)?.level) },
    })),
  };
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function sarifLevel(level: string | undefined): string {
  return level === undefined || level === 'off' ? 'none' : (sarifLevels[level as Severity] ?? 'note');
}

function location(file: string, { range, pointer }: Pick<Diagnostic, 'range' | 'pointer'>): object {
  const { start, end } = range;
  return {
    physicalLocation: {
      artifactLocation: { uri: address(file) },
      region: {
        startLine: start.line + 1,
        startColumn: start.character + 1,
        endLine: end.line + 1,
        endColumn: end.character + 1,
      },
    },
    logicalLocations: [{ fullyQualifiedName: pointer === '' ? '/' : pointer }],
  };
}

/** A file's address: absolute where its path is, else relative to where the command was run. */
function address(file: string): string {
  return isAbsolute(file) ? pathToFileURL(file).href : file.split(/[\\/]/).map(encodeURIComponent).join('/');
}

/** Workflow commands: https://docs.github.com/actions/reference/workflow-commands. */
function github(checked: readonly Checked[]): string {
  const command: Record<Severity, string> = {
    error: 'error',
    warning: 'warning',
    information: 'notice',
    hint: 'notice',
  };
  const value = (data: string): string => data.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (data: string): string => value(data).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return checked
    .flatMap(({ file, diagnostics }) =>
      diagnostics.map(({ range: { start, end }, severity, message, rule }) => {
        const place = `file=${property(file)},line=${start.line + 1},endLine=${end.line + 1},col=${start.character + 1},endColumn=${end.character + 1}`;
        return `::${command[severity]} ${place},title=${property(rule)}::${value(message)}\n`;
      }),
    )
    .join('');
}
