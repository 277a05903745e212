/** The records of a batch transform: how files become requests, and answers become rows. Pure. */
import { csvCells, csvLine } from '../../../shared/csv';
import { select } from './select';

export const splits = ['None', 'Line', 'RecordIO', 'TFRecord'] as const;
export type Split = (typeof splits)[number];
export type Strategy = 'MultiRecord' | 'SingleRecord';

/** How the input becomes requests. */
export interface Requests {
  split: Split;
  strategy: Strategy;
  /** The most bytes of a request; 0 for chunks of any length. */
  payload: number;
}

/** How a record goes in, and what of it and of its answer is kept. */
export interface Processing {
  contentType: string;
  accept: string;
  inputFilter: string;
  outputFilter: string;
  joinsInput: boolean;
}

/** The lines of a file: the records where it is split by Line. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/**
 * The number of records of each request of a file that is split by Line.
 *
 * @throws Error where one record alone is larger than a request may be
 */
export function batchesOf(records: readonly string[], { strategy, payload }: Requests): number[] {
  const most = payload === 0 ? Number.POSITIVE_INFINITY : payload;
  const batches: number[] = [];
  let held = 0;
  let bytes = 0;
  for (const [index, record] of records.entries()) {
    const size = Buffer.byteLength(record) + 1;
    if (size > most) throw new Error(`Record ${index + 1} has ${size} bytes, more than a request may have.`);
    if (held > 0 && (strategy === 'SingleRecord' || bytes + size > most)) {
      batches.push(held);
      [held, bytes] = [0, 0];
    }
    held += 1;
    bytes += size;
  }
  return held > 0 ? [...batches, held] : batches;
}

/** True for CSV, whose records are lists of cells. */
export function isCsv(type: string): boolean {
  return type.split(';')[0]?.trim().toLowerCase() === 'text/csv';
}

/** A record as a value. @throws Error where it is not JSON */
export function parseRecord(text: string, type: string): unknown {
  if (isCsv(type)) return csvCells(text);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('It is not JSON, and a filter or a join reads it as JSON.');
  }
}

/** A value as a record. */
export function formatRecord(value: unknown, type: string): string {
  if (!isCsv(type)) return JSON.stringify(value);
  return csvLine((Array.isArray(value) ? value : [value]).map(cellOf));
}

function cellOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What the model gets of a record. @throws Error where the filter does not fit */
export function sentOf(record: string, { contentType, inputFilter }: Processing): string {
  if (inputFilter === '$') return record;
  return formatRecord(select(inputFilter, parseRecord(record, contentType)), contentType);
}

/** What is written of a record and its answer. @throws Error where the filter does not fit */
export function writtenOf(record: string, answer: string, processing: Processing): string {
  const { contentType, accept, joinsInput, outputFilter } = processing;
  if (!joinsInput && outputFilter === '$') return answer;
  const value = parseRecord(answer, accept);
  const whole = joinsInput ? joined(parseRecord(record, contentType), value, contentType) : value;
  return formatRecord(select(outputFilter, whole), accept);
}

/** A record with its answer, as the service joins them: columns, or a member. */
function joined(record: unknown, answer: unknown, type: string): unknown {
  if (isCsv(type)) return [...(record as unknown[]), ...(Array.isArray(answer) ? (answer as unknown[]) : [answer])];
  if (typeof record === 'object' && record !== null && !Array.isArray(record)) {
    return { ...record, SageMakerOutput: answer };
  }
  return { SageMakerInput: record, SageMakerOutput: answer };
}

/** An input record beside what was written for it. */
export interface LinkedRow {
  /** From 1, as lines are counted. */
  number: number;
  input: string;
  output: string;
}

/** Rows, or why the records cannot be told which part of the output is theirs. */
export type Linked = { rows: LinkedRow[]; problem?: never } | { rows?: never; problem: string };

/**
 * Links the records of a file to what a job has written for them: line by line where there is a line for each, else by
 * the lists that each request was answered with.
 *
 * @param output the whole of the file's `.out`
 */
export function link(records: readonly string[], output: string, requests: Requests): Linked {
  if (requests.split !== 'Line') return { rows: [{ number: 1, input: records.join('\n'), output: output.trimEnd() }] };
  const lines = linesOf(output).filter((line) => line.trim() !== '');
  if (lines.length === records.length) return { rows: rowsOf(records, lines) };
  const batches = batchesOf(records, requests);
  const answers =
    lines.length === batches.length ? lines.flatMap((line) => listIn(line) ?? []) : (listIn(output) ?? []);
  if (answers.length === records.length) return { rows: rowsOf(records, answers) };
  return {
    problem: `${records.length} records were sent, and the output has ${lines.length} lines: which belongs to which cannot be told. Use AssembleWith Line, or SingleRecord.`,
  };
}

function rowsOf(records: readonly string[], outputs: readonly string[]): LinkedRow[] {
  return records.map((input, index) => ({ number: index + 1, input, output: outputs[index] ?? '' }));
}

/** The elements of a JSON list, or of the one list in a JSON object such as `{"predictions": […]}`. */
function listIn(text: string): string[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const lists = Array.isArray(value) ? [value] : Object.values(value ?? {}).filter((each) => Array.isArray(each));
    return lists.length === 1 ? (lists[0] as unknown[]).map((each) => JSON.stringify(each)) : undefined;
  } catch {
    return undefined;
  }
}

/** True where a first line of CSV looks like names above numbers: it would be sent as a record. */
export function looksLikeHeader(lines: readonly string[], type: string): boolean {
  const [first, second] = lines;
  if (!isCsv(type) || first === undefined || second === undefined) return false;
  const isNumber = (cell: string): boolean => cell.trim() !== '' && Number.isFinite(Number(cell));
  return !csvCells(first).some(isNumber) && csvCells(second).some(isNumber);
}
