/**
 * Schedule expressions of EventBridge: `rate(5 minutes)`, `cron(0 12 * * ? *)`, `at(2030-01-31T12:00:00)`.
 * Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 */

/** What is wrong with a schedule expression, and at which characters; and the expression that was surely meant. */
export interface ScheduleFault {
  message: string;
  from: number;
  to: number;
  meant?: string;
}

interface Field {
  name: string;
  min: number;
  max: number;
  words?: readonly string[];
  /** Signs that only this field has. */
  signs?: RegExp;
}

const months = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const days = 'SUN MON TUE WED THU FRI SAT'.split(' ');

const fields: readonly Field[] = [
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day of the month', min: 1, max: 31, signs: /^(\?|L|LW|L-\d+|\d{1,2}W)$/ },
  { name: 'month', min: 1, max: 12, words: months },
  {
    name: 'day of the week',
    min: 1,
    max: 7,
    words: days,
    signs: /^(\?|L|[1-7]L|[A-Z]{3}L|[1-7]#[1-5]|[A-Z]{3}#[1-5])$/,
  },
  { name: 'year', min: 1970, max: 2199 },
];

/**
 * The fault of a schedule expression.
 * @param once true where `at(…)` may be given: EventBridge Scheduler
 */
export function scheduleFault(text: string, once: boolean): ScheduleFault | undefined {
  const whole = { from: 0, to: text.length };
  const call = /^(rate|cron|at)\((.*)\)$/su.exec(text);
  if (!call) {
    const isBare = /^(\S+\s+){4,5}\S+$/.test(text);
    return {
      message: `A schedule is rate(…), cron(…)${once ? ' or at(…)' : ''}.`,
      ...whole,
      ...(isBare && text.trim().split(/\s+/).length === 6 ? { meant: `cron(${text})` } : {}),
    };
  }
  const [, kind = '', inner = ''] = call;
  if (kind === 'rate') return rateFault(text, inner, once);
  if (kind === 'cron') return cronFault(text, inner);
  if (!once) return { message: 'A rule has no at(…). EventBridge Scheduler has.', ...whole };
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(inner);
  return isTime ? undefined : { message: 'Write the time as at(2030-01-31T12:00:00), without a time zone.', ...whole };
}

function rateFault(text: string, inner: string, once: boolean): ScheduleFault | undefined {
  const [, value = '', unit = ''] = /^\s*(\d+)\s+(minute|minutes|hour|hours|day|days)\s*$/.exec(inner) ?? [];
  const whole = { from: 0, to: text.length };
  if (value === '')
    return { message: 'A rate is a whole number and minutes, hours or days: rate(5 minutes).', ...whole };
  if (Number(value) === 0) return { message: 'A rate is 1 or more.', ...whole };
  const right = Number(value) === 1 ? unit.replace(/s$/, '') : unit.endsWith('s') ? unit : `${unit}s`;
  // EventBridge Scheduler takes either form of the unit.
  if (right === unit || once) return undefined;
  const meant = `rate(${value} ${right})`;
  return { message: `EventBridge wants ${meant}.`, ...whole, meant };
}

function cronFault(text: string, inner: string): ScheduleFault | undefined {
  const parts = [...inner.matchAll(/\S+/g)];
  const whole = { from: 0, to: text.length };
  if (parts.length !== 6) {
    const given = parts.map(([part]) => part);
    return {
      message: `cron(…) has six fields: minutes, hours, day of the month, month, day of the week, year. This one has ${parts.length}.`,
      ...whole,
      ...(parts.length === 5 ? fiveFields(given) : {}),
    };
  }
  const quartz = withoutSeconds(parts.map(([part]) => part));
  if (quartz !== undefined) {
    return {
      message:
        'This begins with seconds, as Quartz and Spring write it. EventBridge has minutes first, and the year last.',
      ...whole,
      meant: `cron(${quartz})`,
    };
  }
  for (const [index, field] of fields.entries()) {
    const part = parts[index];
    const why = part && fieldFault(part[0].toUpperCase(), field);
    if (part && why) {
      const from = 'cron('.length + part.index;
      return { message: why, from, to: from + part[0].length };
    }
  }
  const [, , dayOfMonth = '', , dayOfWeek = ''] = parts.map(([part]) => part);
  const questions = [dayOfMonth, dayOfWeek].filter((part) => part === '?').length;
  if (questions === 1) return undefined;
  const from = 'cron('.length + (parts[2]?.index ?? 0);
  const to = 'cron('.length + (parts[4]?.index ?? 0) + dayOfWeek.length;
  const swapped = parts.map(([part]) => part);
  if (questions === 2) swapped[2] = '*';
  else swapped[dayOfWeek === '*' ? 4 : dayOfMonth === '*' ? 2 : 4] = '?';
  const isSure = questions === 2 || dayOfMonth === '*' || dayOfWeek === '*';
  return {
    message: 'Exactly one of day of the month and day of the week is ?, since the other says on which days.',
    from,
    to,
    ...(isSure ? { meant: `cron(${swapped.join(' ')})` } : {}),
  };
}

/** An expression of seconds, minutes, hours and days, as Quartz has it, in the fields of EventBridge. */
function withoutSeconds([seconds = '', ...fields]: readonly string[]): string | undefined {
  const weekday = fields.at(-1) ?? '';
  // In the place of the year stands what only a day of the week can be.
  const isQuartz = /^\d+$/.test(seconds) && /^(\?|[A-Za-z]{3}([-,#L].*)?)$/.test(weekday);
  if (!isQuartz) return undefined;
  const shifted = `${fields.join(' ')} *`;
  return cronFault(`cron(${shifted})`, shifted) ? undefined : shifted;
}

/** What an expression of five fields, as Unix has it, is in six. */
function fiveFields([minutes = '', hours = '', day = '', month = '', weekday = '']: readonly string[]): {
  meant?: string;
} {
  // Unix counts Sunday as 0.
  const shifted = weekday.replaceAll(/\d/g, (digit) => String((Number(digit) % 7) + 1));
  if (day === '*')
    return {
      meant: `cron(${minutes} ${hours} ${weekday === '*' ? '*' : '?'} ${month} ${weekday === '*' ? '?' : shifted} *)`,
    };
  return weekday === '*' ? { meant: `cron(${minutes} ${hours} ${day} ${month} ? *)` } : {};
}

function fieldFault(text: string, { name, min, max, words, signs }: Field): string | undefined {
  // A comma at the end is not looked at.
  for (const part of text.replace(/,$/, '').split(',')) {
    if (part === '*' || signs?.test(part)) continue;
    const found = /^(?:(\*)|([0-9A-Z]+)(?:-([0-9A-Z]+))?)(?:\/(\d+))?$/.exec(part);
    if (!found) return `'${part}' is not a valid ${name}.`;
    for (const value of [found[2], found[3]]) {
      if (value === undefined) continue;
      const number = /^\d+$/.test(value) ? Number(value) : words?.includes(value) ? min : undefined;
      if (number !== undefined && number >= min && number <= max) continue;
      const range = words ? `${min} to ${max} or ${words[0]} to ${words.at(-1)}` : `${min} to ${max}`;
      const sunday = name === 'day of the week' && value === '0' ? ' Sunday is 1.' : '';
      return `The ${name} is ${range}, and not '${value}'.${sunday}`;
    }
    if (found[4] === '0') return `The step of the ${name} cannot be 0.`;
  }
  return undefined;
}
