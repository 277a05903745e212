/** Runs beside each other: what each of them was and came to, and what of it is not the same. Pure. */
import { formatDuration, formatNumber, formatTime, count, shortId } from '../../shared/format';
import { goalOf } from '../../shared/goal';
import { statusFaces } from '../../shared/status';
import { digestIn } from '../../shared/uploads';
import { digestOf } from '../provenance';
import type { RecordedInput } from '../model';
import type { ComparedCell, ComparedRow, Comparison, Explanation, Verdict } from '../panels/compare/contract';
import { isSeed } from '../../shared/seed';
import { changedFiles, type RunFacts } from './facts';
import { verdictOf } from './verdict';

/** So many changed files are named. */
const filesNamed = 4;

/** How a comparison is made. */
export interface ComparingOptions {
  connection: string;
  /** The ARN of the run that the others are measured by; the first where it is not among them. */
  baseline?: string | undefined;
  /** The relative difference up to which a reproduced metric counts as the same. */
  tolerance: number;
}

/** Compares runs. */
export function compareRuns(runs: readonly RunFacts[], options: ComparingOptions): Comparison {
  const base = runs.find(({ arn }) => arn === options.baseline) ?? runs[0];
  if (!base) throw new Error('There are no runs to compare.');
  const pipelines = [...new Set(runs.map(({ pipeline }) => pipeline))];
  const verdict = verdictOfPair(runs, options.tolerance);
  return {
    title: pipelines.join(' ↔ '),
    kind: 'runs',
    connection: options.connection,
    columns: runs.map(({ arn, name, status, provenance, problems }) => ({
      id: arn,
      label: name,
      status,
      ...(provenance ? { provenance } : {}),
      ...(problems[0] === undefined ? {} : { problem: problems[0] }),
    })),
    baseline: base.arn,
    sections: [
      { title: 'Metrics', rows: metricRows(runs, base) },
      { title: 'Parameters', rows: parameterRows(runs, pipelines.length > 1) },
      { title: 'Made of', rows: madeOfRows(runs, base) },
      { title: 'Durations', rows: durationRows(runs, base) },
      { title: 'Run', rows: runRows(runs, base) },
    ].filter(({ rows }) => rows.length > 0),
    explanations: explain(runs, base),
    ...(verdict ? { verdict } : {}),
  };
}

/** The verdict on the one run that was made to be the same as another of them. */
function verdictOfPair(runs: readonly RunFacts[], tolerance: number): Verdict | undefined {
  for (const run of runs) {
    const original = runs.find(({ arn }) => arn === run.provenance?.reproduces);
    if (original) return verdictOf(original, run, tolerance);
  }
  return undefined;
}

type Text = (run: RunFacts) => string | undefined;

function textRow(
  label: string,
  runs: readonly RunFacts[],
  text: Text,
  more?: (run: RunFacts) => ComparedCell,
): ComparedRow {
  const texts = runs.map(text);
  return {
    label,
    cells: runs.map((run, index) => ({
      ...(texts[index] === undefined ? {} : { text: texts[index] }),
      ...more?.(run),
    })),
    differs: new Set(texts).size > 1,
  };
}

/** Rows in which any of the runs has something. */
function known(rows: readonly ComparedRow[]): ComparedRow[] {
  return rows.filter(({ cells }) => cells.some(({ text }) => text !== undefined));
}

function namesIn(runs: readonly RunFacts[], names: (run: RunFacts) => Iterable<string>): string[] {
  return [...new Set(runs.flatMap((run) => [...names(run)]))];
}

function metricRows(runs: readonly RunFacts[], base: RunFacts): ComparedRow[] {
  const groups = sameButSeed(runs);
  return namesIn(runs, ({ metrics }) => Object.keys(metrics))
    .sort((a, b) => a.localeCompare(b))
    .map((name) => {
      const from = base.metrics[name];
      const spread = groups
        .flatMap((group) => spreadOf(group.flatMap(({ metrics }) => metrics[name] ?? [])))
        .join(', ');
      return {
        label: name,
        kind: 'number',
        cells: runs.map(({ arn, metrics }) => numberCell(metrics[name], arn === base.arn ? undefined : from, name)),
        differs: new Set(runs.map(({ metrics }) => metrics[name])).size > 1,
        ...(spread ? { spread } : {}),
      };
    });
}

function numberCell(value: number | undefined, from: number | undefined, name: string): ComparedCell {
  if (value === undefined) return {};
  const cell: ComparedCell = { text: formatNumber(value), hint: String(value) };
  if (from === undefined || from === value) return cell;
  const goal = goalOf(name);
  const better = goal === undefined ? undefined : goal === 'max' ? value > from : value < from;
  return {
    ...cell,
    delta: deltaText(from, value),
    ...(better === undefined ? {} : { tone: better ? 'good' : 'bad' }),
  };
}

/** `+0.012 (+1.3 %)` for the way from one number to another. */
export function deltaText(from: number, to: number): string {
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${formatNumber(value)}`;
  const share = from === 0 || !Number.isFinite(to / from) ? undefined : ((to - from) / Math.abs(from)) * 100;
  const percent =
    share === undefined ? '' : ` (${share > 0 ? '+' : ''}${formatNumber(Number(share.toPrecision(2)))} %)`;
  return `${signed(Number((to - from).toPrecision(6)))}${percent}`;
}

/** Groups of two runs and more that differ in nothing but their seed. */
function sameButSeed(runs: readonly RunFacts[]): RunFacts[][] {
  const groups = new Map<string, RunFacts[]>();
  for (const run of runs) {
    const rest = Object.entries(run.parameters)
      .filter(([name]) => !isSeed(name))
      .sort(([a], [b]) => a.localeCompare(b));
    const key = JSON.stringify([run.pipeline, run.definition, rest]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

/** The mean and the standard deviation of a sample. */
function spreadOf(values: readonly number[]): string[] {
  if (values.length < 2) return [];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return [
    `${formatNumber(mean)} ± ${formatNumber(Number(Math.sqrt(variance).toPrecision(2)))} (${count(values.length, 'seed')})`,
  ];
}

function parameterRows(runs: readonly RunFacts[], named: boolean): ComparedRow[] {
  const rows = namesIn(runs, ({ parameters }) => Object.keys(parameters))
    // Where a parameter names what was copied for the run, its content is compared below.
    .filter((name) => !runs.every(({ parameters }) => digestIn(parameters[name] ?? '') !== undefined))
    .map((name) => textRow(name, runs, ({ parameters }) => parameters[name]));
  return named ? [textRow('Pipeline', runs, ({ pipeline }) => pipeline), ...rows] : rows;
}

function madeOfRows(runs: readonly RunFacts[], base: RunFacts): ComparedRow[] {
  const uploads = namesIn(runs, ({ provenance }) => (provenance?.uploads ?? []).map(({ parameter }) => parameter));
  const inputs = namesIn(runs, ({ provenance }) => (provenance?.inputs ?? []).map(({ name }) => name));
  const images = namesIn(runs, ({ steps }) => steps.flatMap(({ name, image }) => (image === undefined ? [] : [name])));
  const artifacts = namesIn(runs, ({ steps }) => steps.flatMap(({ name, artifact }) => (artifact ? [name] : [])));
  const commitOf: Text = ({ provenance: from }) => from?.commit && `${shortId(from.commit)}${from.dirty ? '*' : ''}`;
  return known([
    textRow('Commit', runs, commitOf, ({ arn, provenance }) => ({
      ...(provenance?.commit
        ? { hint: `${provenance.commit}${provenance.dirty ? ', with uncommitted changes' : ''}` }
        : {}),
      ...(arn !== base.arn &&
      provenance?.commit &&
      base.provenance?.commit &&
      provenance.commit !== base.provenance.commit
        ? { show: 'commit' as const }
        : {}),
    })),
    textRow('Branch', runs, ({ provenance }) => provenance?.branch),
    textRow('Definition', runs, definitionOf, ({ arn, definition }) =>
      arn !== base.arn && definition !== undefined && base.definition !== undefined && definition !== base.definition
        ? { show: 'definition' }
        : {},
    ),
    ...uploads.map((parameter) =>
      textRow(
        parameter,
        runs,
        (run) => uploadText(run, parameter),
        (run) => {
          const { files } = run;
          const changed = run.arn !== base.arn && digestOfUpload(run, parameter) !== digestOfUpload(base, parameter);
          return changed && files.has(parameter) && base.files.has(parameter) ? { show: 'files' } : {};
        },
      ),
    ),
    ...inputs.map((name) =>
      textRow(
        `Data ${name}`,
        runs,
        (run) => inputText(inputOf(run, name)),
        (run) => hintOf(inputOf(run, name)),
      ),
    ),
    ...oneRowIfAlike(
      'Image',
      images.map((step) =>
        textRow(`Image of ${step}`, runs, (run) => run.steps.find(({ name }) => name === step)?.image),
      ),
    ),
    ...artifacts.map((step) =>
      textRow(
        `Artifact of ${step}`,
        runs,
        (run) => {
          const etag = run.steps.find(({ name }) => name === step)?.artifact?.etag;
          return etag && shortId(etag);
        },
        (run) => {
          const uri = run.steps.find(({ name }) => name === step)?.artifact?.uri;
          return uri === undefined ? {} : { hint: uri, link: uri };
        },
      ),
    ),
  ]).map((row) => ({ ...row, kind: 'code' }));
}

const definitionOf: Text = ({ definition, provenance }) => {
  const digest = definition === undefined ? provenance?.digest : digestOf(definition);
  return digest === undefined ? undefined : shortId(digest);
};

function digestOfUpload({ provenance }: RunFacts, parameter: string): string | undefined {
  return provenance?.uploads?.find((upload) => upload.parameter === parameter)?.digest;
}

function uploadText({ provenance }: RunFacts, parameter: string): string | undefined {
  const upload = provenance?.uploads?.find((each) => each.parameter === parameter);
  if (upload === undefined) return undefined;
  const tracked =
    upload.dvc === undefined ? '' : ` · DVC ${upload.dvc === 'modified' ? 'modified' : shortId(upload.dvc)}`;
  return `${shortId(upload.digest)} (${count(upload.files, 'file')})${tracked}`;
}

function inputOf({ provenance }: RunFacts, name: string): RecordedInput | undefined {
  return provenance?.inputs?.find((input) => input.name === name);
}

function inputText(input: RecordedInput | undefined): string | undefined {
  if (input === undefined) return undefined;
  const { objects, tag } = input;
  return objects === undefined ? shortId(tag) : `${shortId(tag)} (${count(objects, 'object')})`;
}

function hintOf(input: RecordedInput | undefined): ComparedCell {
  return input === undefined ? {} : { hint: `${input.uri} · ${input.tag}` };
}

/** One row in place of several that say the same. */
function oneRowIfAlike(label: string, rows: readonly ComparedRow[]): readonly ComparedRow[] {
  const [first] = rows;
  const alike = rows.every(({ cells }) => JSON.stringify(cells) === JSON.stringify(first?.cells));
  return first && alike ? [{ ...first, label }] : rows;
}

function durationRows(runs: readonly RunFacts[], base: RunFacts): ComparedRow[] {
  const row = (
    label: string,
    time: (run: RunFacts) => number | undefined,
    note?: (run: RunFacts) => string | undefined,
  ): ComparedRow => {
    const from = time(base);
    return {
      label,
      kind: 'number',
      cells: runs.map((run): ComparedCell => {
        const value = time(run);
        const said = note?.(run);
        if (value === undefined) return said === undefined ? {} : { text: said };
        const delta = run.arn === base.arn || from === undefined ? 0 : value - from;
        return {
          text: said === undefined ? formatDuration(value) : `${formatDuration(value)} · ${said}`,
          ...(delta === 0 ? {} : { delta: `${delta > 0 ? '+' : '−'}${formatDuration(Math.abs(delta))}` }),
        };
      }),
      differs: new Set(runs.map(time)).size > 1,
    };
  };
  const steps = namesIn(runs, (run) => run.steps.map(({ name }) => name));
  const stepOf = (run: RunFacts, step: string) => run.steps.find(({ name }) => name === step);
  return known([
    row('Whole run', ({ startedAt, endedAt }) =>
      startedAt === undefined || endedAt === undefined ? undefined : endedAt - startedAt,
    ),
    ...steps.map((step) =>
      row(
        step,
        (run) => stepOf(run, step)?.duration,
        (run) => {
          const found = stepOf(run, step);
          if (found?.cachedFrom !== undefined) return 'from the cache';
          return found && found.status !== 'Succeeded' ? found.status.toLowerCase() : undefined;
        },
      ),
    ),
  ]);
}

function runRows(runs: readonly RunFacts[], base: RunFacts): ComparedRow[] {
  return known([
    textRow('Status', runs, ({ status }) => statusFaces[status].word),
    textRow('Failure', runs, ({ failureReason }) => failureReason),
    textRow('Started', runs, ({ startedAt }) => (startedAt === undefined ? undefined : formatTime(startedAt))),
    textRow('Pipeline version', runs, ({ version }) => (version === undefined ? undefined : String(version))),
    textRow('Sweep', runs, ({ provenance }) => provenance?.sweep),
    textRow(
      'Reproduces',
      runs,
      ({ provenance }) => provenance?.reproduces?.split('/').at(-1),
      ({ provenance }) => (provenance?.reproduces === undefined ? {} : { link: provenance.reproduces }),
    ),
  ]).filter(({ label, differs }) => label !== 'Started' || differs || runs.includes(base));
}

/** What was not the same and so may explain why the results are not: causes, never results. */
export function explain(runs: readonly RunFacts[], base: RunFacts): Explanation[] {
  const others = runs.filter(({ arn }) => arn !== base.arn);
  const found: Explanation[] = [];
  const tell = (what: string, text: Text): void => {
    const values = runs.map(text);
    if (new Set(values).size > 1) found.push({ what, text: wayOf(text(base), others.map(text)) });
  };
  if (new Set(runs.map(({ pipeline }) => pipeline)).size > 1) tell('Pipeline', ({ pipeline }) => pipeline);
  for (const name of namesIn(runs, ({ parameters }) => Object.keys(parameters))) {
    if (runs.some(({ parameters }) => digestIn(parameters[name] ?? '') !== undefined)) continue;
    tell(name, ({ parameters }) => parameters[name]);
  }
  tell('Definition', definitionOf);
  for (const parameter of namesIn(runs, ({ provenance }) =>
    (provenance?.uploads ?? []).map((each) => each.parameter),
  )) {
    if (new Set(runs.map((run) => digestOfUpload(run, parameter))).size < 2) continue;
    found.push({ what: parameter, text: filesText(base, others, parameter) });
  }
  for (const name of namesIn(runs, ({ provenance }) => (provenance?.inputs ?? []).map((each) => each.name))) {
    tell(`Data ${name}`, (run) => inputText(inputOf(run, name)));
  }
  for (const step of namesIn(runs, (run) =>
    run.steps.flatMap(({ name, image }) => (image === undefined ? [] : [name])),
  )) {
    // A run that has not reached a step has no image there, which explains nothing.
    const images = runs.flatMap((run) => run.steps.find(({ name }) => name === step)?.image ?? []);
    if (new Set(images).size > 1) tell(`Image of ${step}`, (run) => run.steps.find(({ name }) => name === step)?.image);
  }
  return found;
}

function filesText(base: RunFacts, others: readonly RunFacts[], parameter: string): string {
  const before = base.files.get(parameter);
  const changes = others.flatMap((run) => {
    const after = run.files.get(parameter);
    return before && after ? changedFiles(before, after) : [];
  });
  const names = [...new Set(changes.map(({ path, change }) => (change === 'changed' ? path : `${path} (${change})`)))];
  if (names.length === 0)
    return wayOf(
      uploadText(base, parameter),
      others.map((run) => uploadText(run, parameter)),
    );
  const more = names.length - filesNamed;
  return `${names.slice(0, filesNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function wayOf(from: string | undefined, to: readonly (string | undefined)[]): string {
  const say = (text: string | undefined): string => text ?? '(not recorded)';
  return `${say(from)} → ${[...new Set(to.map(say))].filter((text) => text !== say(from) || to.length === 1).join(', ')}`;
}
