/**
 * A name that sorts by the time it was made, and that two makers in one second do not share:
 * `base-20261129101505-3f2a`. The base is cut so that the whole keeps within `longest` characters.
 */
export function timedName(base: string, longest = 63): string {
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(/\D/g, '');
  const end = `-${stamp}-${crypto.randomUUID().slice(0, 4)}`;
  return `${base.slice(0, longest - end.length).replace(/-+$/, '')}${end}`;
}
