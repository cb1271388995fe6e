import { AskfileError } from '../../../client/index.js';

export interface AdminRefusal {
  readonly title: string;
  readonly advice: string;
}

const words: Readonly<Record<string, AdminRefusal>> = {
  PERMISSION_DENIED: {
    title: 'Only an admin of your organization may change this',
    advice: 'Nothing was changed. Ask one of them.',
  },
  NOT_FOUND: { title: 'This is not there any more', advice: 'It may have been removed meanwhile.' },
  UNAUTHENTICATED: { title: 'Your sign-in has ended', advice: 'Sign in again; nothing was changed.' },
  RATE_LIMITED: { title: 'That was a lot at once', advice: 'Try again in a moment.' },
  SERVICE_UNREACHABLE: {
    title: "Askfile can't be reached",
    advice: 'Check your connection, then try again.',
  },
  INTERNAL_SERVER_ERROR: { title: 'Something went wrong on our side', advice: 'Try again.' },
};

/** A failure in words for who administers. */
export function toAdminRefusal(error: unknown): AdminRefusal {
  if (!(error instanceof AskfileError)) return { title: "That didn't work", advice: 'Try again.' };
  return words[error.code] ?? { title: "That didn't work", advice: error.message };
}

const atField = new Set(['BAD_USER_INPUT', 'INVALID_CONSTRAINT', 'NAME_TAKEN']);

/** What the service finds wrong with this field; undefined where it is about something else. */
export function toFieldProblem(error: unknown, field: string): string | undefined {
  if (!(error instanceof AskfileError) || !atField.has(error.code)) return undefined;
  return error.extensions['field'] === field ? error.message : undefined;
}

/** The error, unless it is shown at one of these fields. */
export function withoutFields(error: unknown, fields: readonly string[]): unknown {
  const isShown = fields.some((field) => toFieldProblem(error, field) !== undefined);
  return isShown || error === null ? undefined : error;
}
