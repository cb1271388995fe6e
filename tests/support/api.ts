import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface ApiError {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>> & { readonly code: string };
}

/** What came back: tests read the fields they asked for. */
// The document decides the shape, which no type of ours follows.
export type Data = Record<string, never>;

export interface Answer<T> {
  readonly data: T | null;
  readonly errors?: readonly ApiError[];
}

/** GraphQL as a caller sees it: one URL, one credential; '' for nobody. */
export type Api = ReturnType<typeof makeApi>;

export function makeApi(url: string, credential: string) {
  async function ask<T>(query: string, variables: object = {}): Promise<Answer<T>> {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(credential === '' ? {} : { authorization: `Bearer ${credential}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer<T>;
  }

  return {
    url,
    credential,
    ask,

    /** The data; throws when there are errors. */
    async get<T>(query: string, variables: object = {}): Promise<T> {
      const { data, errors } = await ask<T>(query, variables);
      if (errors !== undefined || data === null) throw new Error(JSON.stringify(errors));
      return data;
    },

    /** The first error's extensions; throws when there is none. */
    async refusal(query: string, variables: object = {}): Promise<ApiError['extensions']> {
      const { data, errors } = await ask(query, variables);
      if (errors?.[0] === undefined) throw new Error(`Not refused: ${JSON.stringify(data)}`);
      return errors[0].extensions;
    },

    /** Events as they come; `close` ends the socket. */
    subscribe<T>(query: string, variables: object = {}) {
      const client = createClient({
        url: `${url.replace(/^http/, 'ws')}/graphql`,
        webSocketImpl: WebSocket,
        connectionParams: { authorization: `Bearer ${credential}` },
        retryAttempts: 1000,
        retryWait: () => new Promise((resolve) => setTimeout(resolve, 50)),
        shouldRetry: () => true,
      });
      const events = client.iterate<T>({ query, variables: variables as Record<string, unknown> });
      return {
        async next(): Promise<T | undefined> {
          const event = await events.next();
          if (event.done) return undefined;
          if (event.value.errors) throw new Error(JSON.stringify(event.value.errors));
          return event.value.data ?? undefined;
        },
        async close() {
          await client.dispose();
          await events.return?.();
        },
      };
    },
  };
}
