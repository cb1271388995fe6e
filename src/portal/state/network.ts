/** Whether the device has a network, as far as the browser knows. */
export const network = {
  isOnline: (): boolean => navigator.onLine,

  /** Calls `listener` after each change, until the function that it returns is called. */
  subscribe(listener: () => void): () => void {
    window.addEventListener('online', listener);
    window.addEventListener('offline', listener);
    return () => {
      window.removeEventListener('online', listener);
      window.removeEventListener('offline', listener);
    };
  },
};

export type Network = typeof network;
