/** Names of this machine in URLs that lead nowhere else. */
export const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
