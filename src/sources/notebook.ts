/** Reads which SageMaker pipelines a Jupyter notebook makes. */
import { isRecord } from '../shared/guards';
import { valueOfJson } from '../shared/json';
import type { PythonPipeline } from './model';
import { mayMakePipeline, pipelinesInPython } from './python';

/** One code cell, as the notebook has it. */
export interface Cell {
  /** Its place among all cells, from 0. */
  index: number;
  source: string;
}

/**
 * The code cells of a notebook (nbformat 3 and 4) in their order; undefined where the text is no notebook or its
 * language is not Python.
 */
export function codeCells(text: string): Cell[] | undefined {
  const notebook = valueOfJson(text);
  if (!isRecord(notebook)) return undefined;
  const metadata = isRecord(notebook['metadata']) ? notebook['metadata'] : {};
  const kernel = isRecord(metadata['kernelspec']) ? metadata['kernelspec'] : {};
  const language = kernel['language'] ?? 'python';
  if (typeof language === 'string' && !/^python/i.test(language)) return undefined;
  const sheets = Array.isArray(notebook['worksheets']) ? notebook['worksheets'].filter(isRecord) : [notebook];
  const cells = sheets.flatMap(({ cells: own }) => (Array.isArray(own) ? own : []));
  return cells.flatMap((cell, index) => {
    if (!isRecord(cell) || cell['cell_type'] !== 'code') return [];
    const source = cell['source'] ?? cell['input'];
    const lines = Array.isArray(source) ? source.filter((line) => typeof line === 'string').join('') : source;
    return [{ index, source: typeof lines === 'string' ? lines : '' }];
  });
}

/**
 * The text of the cells as one Python text with as many lines: what only a notebook understands (`%magic`, `!shell`,
 * `%%cell`) becomes a comment.
 */
export function pythonOfCells(cells: readonly Cell[]): string {
  return cells.map(({ source }) => pythonOfCell(source)).join('\n');
}

function pythonOfCell(source: string): string {
  if (/^\s*%%(?!time|capture)/.test(source)) return source.replace(/^/gm, '# ');
  return source.replace(/^(\s*)([%!?].*|.*\S\?{1,2}\s*)$/gm, (line, space: string, rest: string) =>
    /^[%!?]/.test(rest) ? `${space}pass  # ${rest}` : `# ${line}`,
  );
}

/** The pipelines of a notebook. All of them come from running its cells in their order. */
export function pipelinesInNotebook(text: string): PythonPipeline[] {
  if (!mayMakePipeline(text)) return [];
  const cells = codeCells(text);
  if (!cells) return [];
  const firstLines: number[] = [];
  let line = 0;
  for (const { source } of cells) {
    firstLines.push(line);
    line += source.split('\n').length;
  }
  return pipelinesInPython(pythonOfCells(cells)).map((pipeline) => {
    const at = firstLines.findLastIndex((first) => first <= pipeline.line);
    return {
      ...pipeline,
      // A function of a notebook is called in a later cell.
      maker: { kind: 'notebook' },
      line: pipeline.line - (firstLines[at] ?? 0),
      cell: cells[at]?.index ?? 0,
    };
  });
}
