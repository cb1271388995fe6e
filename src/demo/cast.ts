/** Who is in the demo organization: of the portal's demo sign-in, and of `npm run demo`. */
export const demoOrg = 'demo';

export const demoAgent = { urn: 'urn:agent:buno', name: 'Buno' } as const;

export const demoPeople = [
  { id: 'alice', name: 'Alice', role: 'member' },
  { id: 'ada', name: 'Ada', role: 'admin' },
  { id: 'bob', name: 'Bob', role: 'builder' },
] as const;

export type DemoPerson = (typeof demoPeople)[number];
