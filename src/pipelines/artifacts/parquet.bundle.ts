/** Reads Parquet, loaded with the first file of it. */
import { parquetMetadata, parquetReadObjects, parquetSchema } from 'hyparquet';
import { csvLine } from '../../shared/csv';

/** Rows of the beginning that are shown. */
const shown = 1000;

/** The beginning of a Parquet file as comma-separated values, and how many rows it has. */
export async function parquetText(bytes: Uint8Array): Promise<{ text: string; rows: number; shown: number }> {
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const metadata = parquetMetadata(file);
  const rows = Number(metadata.num_rows);
  const columns = parquetSchema(metadata).children.map(({ element }) => element.name);
  const records = await parquetReadObjects({ file, metadata, rowEnd: Math.min(rows, shown) });
  const lines = [columns, ...records.map((record) => columns.map((name) => cellOf(record[name])))];
  return { text: lines.map((line) => `${csvLine(line)}\n`).join(''), rows, shown: records.length };
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner));
}
