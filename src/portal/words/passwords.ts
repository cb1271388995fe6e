import { AskfileError } from '../../client/index.js';
import { toRefusal } from './refusals.js';

/** The service's own limits. */
export const minPasswordLength = 8;
export const maxPasswordLength = 256;

/** Why a password was not taken, in words for the person who typed it. */
export function toPasswordRefusal(error: unknown): { readonly title: string; readonly advice: string } {
  if (!(error instanceof AskfileError)) return toRefusal(error);
  if (error.code === 'RATE_LIMITED') {
    const seconds = Number(error.extensions['retryAfterSeconds'] ?? 0);
    return { title: 'Too many passwords were tried', advice: `Try again ${toWait(seconds)}.` };
  }
  if (error.code === 'BAD_USER_INPUT')
    return { title: 'This password can’t be taken', advice: error.message };
  if (error.code === 'NOT_FOUND') return { title: 'This memory is gone', advice: 'Nothing was changed.' };
  return toRefusal(error);
}

function toWait(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return minutes <= 1 ? 'in a minute' : `in ${minutes} minutes`;
}
