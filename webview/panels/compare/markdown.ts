import type { Comparison } from '../../../src/pipelines/panels/compare/contract';

/** A comparison as a table in Markdown. */
export function asMarkdown({ columns, sections }: Comparison, onlyDiffering: boolean): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
  const rows = sections.flatMap((section) => section.rows.filter(({ differs }) => differs || !onlyDiffering));
  return [
    line(['', ...columns.map(({ label }) => label)]),
    line(['---', ...columns.map(() => '---')]),
    ...rows.map(({ label, cells }) =>
      line([label, ...cells.map(({ text = '–', delta }) => (delta ? `${text} (${delta})` : text))]),
    ),
  ].join('\n');
}
