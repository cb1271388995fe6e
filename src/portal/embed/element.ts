import type { Token } from '../../client/index.js';
import { makeEmbeddedRequests, type EmbeddedRequests } from './embedded-requests.js';
import { makeSharedSessions } from './shared-sessions.js';
import { getStyles } from './styles.js';

/** The properties that a page may have set before the script was there. */
const properties = ['url', 'token', 'conversationId', 'theme'] as const;

/**
 * Makes the class of `<askfile-prompts>`: the requests of one person, wherever a page puts it. It follows them while
 * it is connected and has `url` and `token`; moved within the page, it goes on.
 */
export function makeAskfilePrompts(): CustomElementConstructor {
  const sessions = makeSharedSessions();

  return class AskfilePrompts extends HTMLElement {
    static readonly observedAttributes = ['url', 'conversation-id'];
    readonly #requests: EmbeddedRequests;
    #token: Token | undefined;

    constructor() {
      super();
      const shadow = this.attachShadow({ mode: 'open' });
      shadow.adoptedStyleSheets = [getStyles()];
      this.#requests = makeEmbeddedRequests(shadow, sessions, (name, detail) => {
        this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
      });
    }

    /** The service's address. */
    get url(): string {
      return this.getAttribute('url') ?? '';
    }
    set url(url: string) {
      this.setAttribute('url', url);
    }

    /**
     * The person's JWT, or a function that is asked for one whenever one is needed: never an attribute, which
     * everybody on the page could read. null signs out.
     */
    get token(): Token | null {
      return this.#token ?? null;
    }
    set token(token: Token | null | undefined) {
      this.#token = token ?? undefined;
      this.#follow();
    }

    /** Only requests of this conversation are shown; null: all of them. */
    get conversationId(): string | null {
      return this.getAttribute('conversation-id');
    }
    set conversationId(id: string | null | undefined) {
      if (id === null || id === undefined) this.removeAttribute('conversation-id');
      else this.setAttribute('conversation-id', id);
    }

    /** `light`, `dark`, or `auto`: as the page has it. */
    get theme(): string {
      return this.getAttribute('theme') ?? 'auto';
    }
    set theme(theme: string) {
      this.setAttribute('theme', theme);
    }

    connectedCallback(): void {
      for (const name of properties) this.#takeUp(name);
      this.#follow();
    }

    disconnectedCallback(): void {
      // Whoever moves it puts it back at once.
      queueMicrotask(() => {
        if (!this.isConnected) this.#requests.close();
      });
    }

    /** So that `moveBefore` does not disconnect it. */
    connectedMoveCallback(): void {}

    attributeChangedCallback(): void {
      this.#follow();
    }

    #follow(): void {
      this.#requests.setConversation(this.conversationId ?? undefined);
      if (!this.isConnected || this.url === '' || !this.#token) this.#requests.close();
      else this.#requests.open(this.url, this.#token);
    }

    /** What was set before this class was known hides its setter. */
    #takeUp(name: (typeof properties)[number]): void {
      if (!Object.hasOwn(this, name)) return;
      const value: unknown = this[name];
      Reflect.deleteProperty(this, name);
      Reflect.set(this, name, value);
    }
  };
}
