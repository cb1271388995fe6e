import { createContext, useContext } from 'react';
import type { Portal } from '../state/portal.js';

export const PortalContext = createContext<Portal | undefined>(undefined);

export function usePortal(): Portal {
  const portal = useContext(PortalContext);
  if (portal === undefined) throw new Error('usePortal is for what the shell shows');
  return portal;
}
