/** What git and ssh ask, read from the words in which they ask it. */

export type Question =
  | { kind: 'username'; url: string }
  /** Hosts take a token for the password. */
  | { kind: 'password'; url: string; username: string | undefined }
  | { kind: 'passphrase'; key: string }
  /** Is this the right server? To be answered by `yes`. */
  | { kind: 'host'; host: string; prompt: string }
  /** A password of ssh, a one-time code: whatever it is, it is secret. */
  | { kind: 'secret'; prompt: string };

/** Reads a prompt. git's are in English, because its language is set so; ssh has no other. */
export function readPrompt(prompt: string): Question {
  const username = /^Username for '(.+)': ?$/s.exec(prompt)?.[1];
  if (username !== undefined) return { kind: 'username', url: username };
  const password = /^Password for '(.+)': ?$/s.exec(prompt)?.[1];
  if (password !== undefined) return passwordOf(password);
  const key = /^Enter passphrase for (?:key )?'?(.+?)'?: ?$/s.exec(prompt)?.[1];
  if (key !== undefined) return { kind: 'passphrase', key };
  const host = /^The authenticity of host '(.+?)'/s.exec(prompt)?.[1];
  if (host !== undefined) return { kind: 'host', host, prompt };
  return { kind: 'secret', prompt: prompt.trim() };
}

/** Git puts the user name into the address: `https://me@example.com`. */
function passwordOf(address: string): Question {
  const [, scheme, username, rest] = /^([a-z+]+:\/\/)(.+)@([^@]*)$/i.exec(address) ?? [];
  if (scheme === undefined || username === undefined || rest === undefined)
    return { kind: 'password', url: address, username: undefined };
  return { kind: 'password', url: `${scheme}${rest}`, username: decoded(username) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
