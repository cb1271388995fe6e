const agentsPath = '/admin/agents';

/** The page of an agent. A URN may hold slashes and percent signs; colons are read more easily as they are. */
export function toAgentPath(urn: string): string {
  return `${agentsPath}/${encodeURIComponent(urn).replaceAll('%3A', ':')}`;
}

/** The URN of such a path, as the browser has it; undefined for any other. */
export function fromAgentPath(pathname: string): string | undefined {
  if (!pathname.startsWith(`${agentsPath}/`)) return undefined;
  try {
    return decodeURIComponent(pathname.slice(agentsPath.length + 1));
  } catch {
    return undefined;
  }
}
