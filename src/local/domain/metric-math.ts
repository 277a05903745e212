/** Values by the time of their period, in milliseconds since the epoch. */
export type Series = ReadonlyMap<number, number>;

type Operand = number | Series | readonly Series[];

/** An expression that cannot be evaluated; the message says why. */
export class MathError extends Error {
  override readonly name = 'MathError';
}

/** What an expression may refer to. */
export interface MathScope {
  /** The metrics and expressions by their ids. */
  series: ReadonlyMap<string, Series>;
  /** The metrics (not the expressions) in the order of the request, with their ids. */
  metrics: readonly (readonly [id: string, series: Series])[];
  /** Every period of the time that is looked at. */
  times: readonly number[];
  /** Seconds. */
  period: number;
}

/**
 * Evaluates metric math: arithmetic, comparisons, AND and OR, and the functions that combine, fill and choose.
 * @throws {MathError}
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function evaluate(expression: string, scope: MathScope): Series {
  const parser = new Parser(tokensOf(expression), scope);
  const value = parser.whole();
  if (isArray(value)) throw new MathError(`The expression '${expression}' gives several time series, not one.`);
  const entries = typeof value === 'number' ? scope.times.map((at) => [at, value] as const) : [...value];
  // A division by zero gives no value.
  return new Map(entries.filter(([, number]) => Number.isFinite(number)));
}

const token =
  /\s*(?:(\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+)|([A-Za-z_]\w*)|"([^"]*)"|(&&|\|\||[<>=!]=|[-+*/^%<>(),[\]]))/y;

interface Token {
  kind: 'number' | 'name' | 'text' | 'sign';
  text: string;
}

function tokensOf(expression: string): Token[] {
  const tokens: Token[] = [];
  token.lastIndex = 0;
  while (token.lastIndex < expression.trimEnd().length) {
    const at = token.lastIndex;
    const [, number, name, text, sign] = token.exec(expression) ?? [];
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: 'name', text: name });
    else if (text !== undefined) tokens.push({ kind: 'text', text });
    else if (sign !== undefined) tokens.push({ kind: 'sign', text: sign });
    else throw new MathError(`The expression '${expression}' cannot be read at '${expression.slice(at)}'.`);
  }
  return tokens;
}

/** Operators from the loosest to the tightest. */
const levels: readonly (readonly string[])[] = [
  ['OR', '||'],
  ['AND', '&&'],
  ['<', '<=', '>', '>=', '==', '!='],
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
];

const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  AND: (a, b) => Number(a !== 0 && b !== 0),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  OR: (a, b) => Number(a !== 0 || b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
};

const combining: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const pointwise: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
  LOG: Math.log,
  LOG10: Math.log10,
};

class Parser {
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly scope: MathScope,
  ) {}

  whole(): Operand {
    const value = this.level(0);
    const rest = this.tokens[this.at];
    if (rest) throw new MathError(`'${rest.text}' was not expected in the expression.`);
    return value;
  }

  private level(index: number): Operand {
    const signs = levels[index];
    if (!signs) return this.unary();
    let left = this.level(index + 1);
    for (let sign = this.tokens[this.at]; sign && signs.includes(sign.text); sign = this.tokens[this.at]) {
      this.at++;
      const operator = operators[sign.text];
      const right = this.level(index + 1);
      if (operator) left = paired(left, right, operator);
    }
    return left;
  }

  private unary(): Operand {
    if (this.takes('-')) return paired(0, this.unary(), (a, b) => a - b);
    return this.primary();
  }

  private primary(): Operand {
    const next = this.tokens[this.at++];
    if (!next) throw new MathError('The expression ends too early.');
    if (next.kind === 'number') return Number(next.text);
    if (next.text === '(') return this.closed(this.level(0), ')');
    if (next.text === '[') return this.closed(this.list(']').flatMap(seriesOf), ']');
    if (next.kind === 'name' && this.takes('(')) return this.call(next.text.toUpperCase());
    const series = next.kind === 'name' ? this.scope.series.get(next.text) : undefined;
    if (!series) throw new MathError(`The expression refers to '${next.text}', which is not an Id of the request.`);
    return series;
  }

  private call(name: string): Operand {
    if (name === 'METRICS') {
      const filter = this.tokens[this.at]?.kind === 'text' ? this.tokens[this.at++]?.text : undefined;
      const found = this.scope.metrics.filter(([id]) => id.includes(filter ?? ''));
      return this.closed(
        found.map(([, series]) => series),
        ')',
      );
    }
    const values = this.closed(this.list(')'), ')');
    const [first, second, third] = values;
    const combine = combining[name];
    const change = pointwise[name];
    if (combine && first !== undefined)
      return this.combined(values.length > 1 ? values.flatMap(seriesOf) : first, combine);
    if (change && first !== undefined) return mapped(first, change);
    switch (name) {
      case 'PERIOD':
        return this.scope.period;
      case 'FILL': {
        const filler = second;
        if (typeof filler !== 'number' || first === undefined || typeof first === 'number') break;
        const fill = (series: Series): Series => new Map(this.scope.times.map((at) => [at, series.get(at) ?? filler]));
        return isArray(first) ? first.map(fill) : fill(first);
      }
      case 'IF':
        if (first === undefined || second === undefined) break;
        return chosen(first, second, third);
      case 'RATE':
        if (first === undefined || typeof first === 'number' || isArray(first)) break;
        return rate(first);
    }
    throw new MathError(`Local does not know the function ${name} with these arguments.`);
  }

  private combined(value: Operand, combine: (values: readonly number[]) => number): Operand {
    if (typeof value === 'number') return value;
    if (!isArray(value)) return value.size === 0 ? new Map() : combine([...value.values()]);
    const times = new Set(value.flatMap((series) => [...series.keys()]));
    return new Map(
      [...times]
        .toSorted((a, b) => a - b)
        .map((at) => [at, combine(value.flatMap((series) => series.get(at) ?? []))] as const),
    );
  }

  private list(end: string): Operand[] {
    const values: Operand[] = [];
    while (this.tokens[this.at] && this.tokens[this.at]?.text !== end) {
      values.push(this.level(0));
      this.takes(',');
    }
    return values;
  }

  private takes(text: string): boolean {
    const found = this.tokens[this.at];
    if (found?.text !== text || found.kind !== 'sign') return false;
    this.at++;
    return true;
  }

  private closed<T>(value: T, end: string): T {
    if (!this.takes(end)) throw new MathError(`The expression lacks a '${end}'.`);
    return value;
  }
}

function isArray(value: Operand): value is readonly Series[] {
  return Array.isArray(value);
}

function seriesOf(value: Operand): readonly Series[] {
  if (typeof value === 'number') throw new MathError('A number stands where a metric is needed.');
  return isArray(value) ? value : [value];
}

function mapped(value: Operand, change: (value: number) => number): Operand {
  if (typeof value === 'number') return change(value);
  const each = (series: Series): Series => new Map([...series].map(([at, number]) => [at, change(number)] as const));
  return isArray(value) ? value.map(each) : each(value);
}

/** Where one of two series has no value, neither has the result; nor where it is no number. */
function paired(a: Operand, b: Operand, operator: (a: number, b: number) => number): Operand {
  if (isArray(a)) return a.flatMap((each) => seriesOf(paired(each, b, operator)));
  if (isArray(b)) return b.flatMap((each) => seriesOf(paired(a, each, operator)));
  if (typeof a === 'number') return mapped(b, (value) => operator(a, value));
  if (typeof b === 'number') return mapped(a, (value) => operator(value, b));
  const result = new Map<number, number>();
  for (const [at, value] of a) {
    const other = b.get(at);
    const number = other === undefined ? Number.NaN : operator(value, other);
    if (Number.isFinite(number)) result.set(at, number);
  }
  return result;
}

function chosen(condition: Operand, yes: Operand, no: Operand | undefined): Operand {
  if (typeof condition === 'number') return condition !== 0 ? yes : (no ?? new Map());
  if (isArray(condition)) throw new MathError('The condition of IF must be one time series or number.');
  const at = (value: Operand | undefined, time: number): number | undefined =>
    typeof value === 'number' ? value : value === undefined || isArray(value) ? undefined : value.get(time);
  const result = new Map<number, number>();
  for (const [time, value] of condition) {
    const number = at(value !== 0 ? yes : no, time);
    if (number !== undefined) result.set(time, number);
  }
  return result;
}

/** The change per second from each value to the next. */
function rate(series: Series): Series {
  const ordered = [...series].toSorted(([a], [b]) => a - b);
  return new Map(
    ordered.slice(1).map(([at, value], index) => {
      const [before = at, earlier = value] = ordered[index] ?? [];
      return [at, (value - earlier) / ((at - before) / 1000)] as const;
    }),
  );
}
