import { badInput } from '../../core/errors.js';

/** An AI agent of an organization, with the App that acts for it. */
export interface Agent {
  readonly orgId: string;
  /** Unique in its organization. */
  readonly urn: string;
  readonly name: string;
  /** Its caller-identity App: who acts when one of its app keys is used. */
  readonly appId: string;
}

const maxUrnLength = 255;
const maxNameLength = 200;

/** `urn:` and whatever RFC 8141 allows after it: no spaces, no controls, nothing that HTML or a shell would read. */
const urnPattern = /^urn:[a-z0-9][a-z0-9-]{0,31}:[a-z0-9._~!$&'()*+,;=:@%/-]+$/i;

/** Whether an agent could have it; a cheap refusal before any query. */
export function isUrn(text: string): boolean {
  return text.length <= maxUrnLength && urnPattern.test(text);
}

/** Throws BAD_USER_INPUT (`urn`). */
export function assertUrn(urn: string): void {
  if (!isUrn(urn)) {
    throw badInput('urn', `Give a URN such as urn:agent:research, of at most ${maxUrnLength} characters.`);
  }
}

/** Without the space around it. Throws BAD_USER_INPUT (`name`) when it is empty, too long, or has controls. */
export function toName(text: string): string {
  const name = text.trim();
  if (name === '' || name.length > maxNameLength || /[\p{Cc}\p{Cs}]/u.test(name)) {
    throw badInput('name', `Give a name of 1 to ${maxNameLength} characters.`);
  }
  return name;
}
