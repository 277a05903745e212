/** The parts of times in RFC 3339 of which each has to be one of the calendar and of the clock. */

/** `2030-01-31T12:00` */
export const dayAndMinute = /\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d/;

/** A second; the last one of a minute may be a leap second. */
export const second = /(?:[0-5]\d|60)/;
