import type { LocalAccess } from '../../sources/local-environment';

/** Where the AWS of a program is: its address, keys, account, and the role that jobs run with. */
export interface ProgramAccess extends LocalAccess {
  account: string;
  role: string;
}
